using CiCompliance.Tool.CommandLine;
using CiCompliance.Tool.Inputs;
using CiCompliance.Tool.Output;

namespace CiCompliance.Tool.Commands;

internal sealed class GoProxyExportCommand(IComposition parts) : ICommand
{
    public Task<Answer> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var arguments = context.Arguments;
        var target = context.Host.PathOf(arguments.Operands[0]);
        var path = context.Host.PathOf(arguments.Required(OptionTable.Path));
        arguments.Required(OptionTable.ExportKey);
        var key = new KeyOptions(arguments, context.Host).Export!;
        var count = parts.GoProxies.Export(path, target, arguments.Values(OptionTable.ModulePrefix), key, cancellationToken);
        return Task.FromResult(new Answer(0, [], new($"{count} module versions exported\n", $"已导出 {count} 个模块版本\n")) { Files = [target] });
    }
}
