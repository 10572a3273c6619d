using CiCompliance.Keys;
using CiCompliance.Tool.CommandLine;
using CiCompliance.Tool.Inputs;
using CiCompliance.Tool.Output;

namespace CiCompliance.Tool.Commands;

internal sealed class GoProxyImportCommand(IComposition parts) : ICommand
{
    public async Task<Answer> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var arguments = context.Arguments;
        var folder = context.Host.PathOf(arguments.Operands[0]);
        var path = context.Host.PathOf(arguments.Required(OptionTable.Path));
        var trustFile = context.Host.PathOf(arguments.Required(OptionTable.Trust));
        arguments.Required(OptionTable.SumdbKey);
        var keys = new KeyOptions(arguments, context.Host);
        var trust = PolicySource.ParseTrust(OutsideFile.ReadAnywhere(trustFile, OptionTable.Trust.Long, TrustStore.MaxBytes), trustFile);
        var count = await parts.GoProxies.ImportAsync(path, folder, trust, keys.Sumdb!, keys.SumdbSm2, cancellationToken);
        return new Answer(0, [], new($"{count} module versions imported\n", $"已导入 {count} 个模块版本\n")) { Files = [path] };
    }
}
