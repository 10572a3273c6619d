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
        var (count, spoilt) = parts.GoProxies.Export(path, target, arguments.Values(OptionTable.ModulePrefix), key, cancellationToken);
        LocalizedText left = spoilt == 0 ? new("", "") : new($"{spoilt} left out: a file in the cache is no longer what was verified\n", $"略去 {spoilt} 个:缓存中的文件已不是验证过的内容\n");
        return Task.FromResult(new Answer(0, [], new($"{count} module versions exported\n{left.En}", $"已导出 {count} 个模块版本\n{left.Zh}")) { Files = [target] });
    }
}
