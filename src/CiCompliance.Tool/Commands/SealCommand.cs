namespace CiCompliance.Tool.Commands;

internal sealed class SealCommand(IComposition parts) : StageCommand(parts, "seal");
