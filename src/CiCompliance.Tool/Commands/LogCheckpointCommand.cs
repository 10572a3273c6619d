using CiCompliance.Tool.Output;

namespace CiCompliance.Tool.Commands;

internal sealed class LogCheckpointCommand(IComposition parts) : ICommand
{
    public Task<Answer> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var checkpoint = parts.Logs.Checkpoint(context.Host.PathOf(context.Arguments.Operands[0]));
        return Task.FromResult(new Answer(0, [], new(checkpoint, checkpoint)));
    }
}
