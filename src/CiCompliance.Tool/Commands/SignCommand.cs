namespace CiCompliance.Tool.Commands;

internal sealed class SignCommand(IComposition parts) : StageCommand(parts, "sign");
