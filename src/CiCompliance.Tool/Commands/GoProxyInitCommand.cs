using CiCompliance.Tool.CommandLine;
using CiCompliance.Tool.Inputs;
using CiCompliance.Tool.Output;

namespace CiCompliance.Tool.Commands;

/// <summary>Makes a proxy's folder with its checksum database, and says what GOSUMDB is.</summary>
internal sealed class GoProxyInitCommand(IComposition parts) : ICommand
{
    public Task<Answer> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var arguments = context.Arguments;
        var path = context.Host.PathOf(arguments.Operands[0]);
        var name = arguments.Required(OptionTable.Name);
        var keys = new KeyOptions(arguments, context.Host);
        var newKey = context.PathOf(OptionTable.NewKey);
        if (newKey is null == keys.Sumdb is null)
        {
            throw new CiComplianceException(ToolDiagnostics.CommandLine, OptionTable.SumdbKey.Long,
                new("a database has one key: one that is there or one that is made now", "数据库只有一个密钥:使用已有密钥或现在生成"),
                new($"Give {OptionTable.NewKey.Long} FILE or {OptionTable.SumdbKey.Long} FILE", $"请给出 {OptionTable.NewKey.Long} FILE 或 {OptionTable.SumdbKey.Long} FILE"));
        }

        var verifierKey = parts.GoProxies.Create(path, name, keys.Sumdb, newKey, keys.SumdbSm2);
        var text = $"GOSUMDB={verifierKey}\n";
        return Task.FromResult(new Answer(0, [], new(text, text)) { Files = newKey is null ? [path] : [path, newKey] });
    }
}
