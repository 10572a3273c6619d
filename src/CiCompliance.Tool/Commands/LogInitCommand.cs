using CiCompliance.Tool.CommandLine;
using CiCompliance.Tool.Inputs;
using CiCompliance.Tool.Output;

namespace CiCompliance.Tool.Commands;

internal sealed class LogInitCommand(IComposition parts) : ICommand
{
    public Task<Answer> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var path = context.Host.PathOf(context.Arguments.Operands[0]);
        var origin = context.Arguments.Required(OptionTable.Origin);
        context.Arguments.Required(OptionTable.LogKey);
        var key = new KeyOptions(context.Arguments, context.Host).Log!;
        var checkpoint = parts.Logs.Create(path, origin, key);
        return Task.FromResult(new Answer(0, [], new(checkpoint, checkpoint)) { Files = [path] });
    }
}
