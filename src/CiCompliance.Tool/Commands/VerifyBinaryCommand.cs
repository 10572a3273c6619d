using CiCompliance.Tool.Output;

namespace CiCompliance.Tool.Commands;

/// <summary>The <c>binary</c> stage of a run; with operands, files by themselves.</summary>
internal sealed class VerifyBinaryCommand(IComposition parts) : ICommand
{
    public Task<Answer> RunAsync(CommandContext context, CancellationToken cancellationToken) => context.Arguments.Operands.Count == 0
        ? new PipelineDoor(parts, context).RunAsync(["binary"], cancellationToken)
        : Task.FromResult(new BinaryFiles(parts, context).Judge(cancellationToken));
}
