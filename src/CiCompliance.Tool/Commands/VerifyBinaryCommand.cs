namespace CiCompliance.Tool.Commands;

internal sealed class VerifyBinaryCommand(IComposition parts) : StageCommand(parts, "binary");
