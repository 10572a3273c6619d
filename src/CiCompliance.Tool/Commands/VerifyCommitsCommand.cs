namespace CiCompliance.Tool.Commands;

internal sealed class VerifyCommitsCommand(IComposition parts) : StageCommand(parts, "source");
