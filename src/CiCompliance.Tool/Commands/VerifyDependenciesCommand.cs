namespace CiCompliance.Tool.Commands;

internal sealed class VerifyDependenciesCommand(IComposition parts) : StageCommand(parts, "dependencies");
