namespace CiCompliance.Tool.Commands;

internal sealed class BuildCommand(IComposition parts) : StageCommand(parts, "build");
