using CiCompliance.Tool.CommandLine;
using CiCompliance.Tool.Output;

namespace CiCompliance.Tool.Commands;

/// <summary>Records; with <c>--resume</c> it completes evidence that waited for its log, up to the seal.</summary>
internal sealed class RecordCommand(IComposition parts) : ICommand
{
    private static readonly string[] Record = ["record"];
    private static readonly string[] Resumed = ["record", "assess", "seal"];

    public Task<Answer> RunAsync(CommandContext context, CancellationToken cancellationToken) =>
        new PipelineDoor(parts, context).RunAsync(context.Arguments.Flag(OptionTable.Resume) ? Resumed : Record, cancellationToken);
}
