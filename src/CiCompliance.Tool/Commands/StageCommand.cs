using CiCompliance.Tool.Output;

namespace CiCompliance.Tool.Commands;

/// <summary>A verb that is one stage.</summary>
internal abstract class StageCommand(IComposition parts, string stage) : ICommand
{
    public Task<Answer> RunAsync(CommandContext context, CancellationToken cancellationToken) =>
        new PipelineDoor(parts, context).RunAsync([stage], cancellationToken);
}
