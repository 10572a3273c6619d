namespace CiCompliance.Tool.Commands;

internal sealed class RecordCommand(IComposition parts) : StageCommand(parts, "record");
