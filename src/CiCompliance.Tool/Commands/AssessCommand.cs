namespace CiCompliance.Tool.Commands;

internal sealed class AssessCommand(IComposition parts) : StageCommand(parts, "assess");
