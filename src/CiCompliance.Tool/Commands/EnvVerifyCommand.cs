namespace CiCompliance.Tool.Commands;

internal sealed class EnvVerifyCommand(IComposition parts) : StageCommand(parts, "environment");
