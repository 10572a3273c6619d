namespace CiCompliance.Tool.Commands;

internal sealed class SbomCommand(IComposition parts) : StageCommand(parts, "sbom");
