using CiCompliance.GoProxy.Configuration;
using CiCompliance.Keys;
using CiCompliance.Server.Hosting;
using CiCompliance.Tool.CommandLine;
using CiCompliance.Tool.Inputs;
using CiCompliance.Tool.Output;

namespace CiCompliance.Tool.Commands;

/// <summary>Runs until it is told to stop, which is how it is meant to end: exit code 0.</summary>
internal sealed class ServeGoProxyCommand(IComposition parts) : ICommand
{
    private const string DefaultListen = "127.0.0.1:8081";
    private const int MaxConfiguration = 256 << 10;

    public async Task<Answer> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var arguments = context.Arguments;
        var path = context.Host.PathOf(arguments.Required(OptionTable.Path));
        var file = context.Host.PathOf(arguments.Required(OptionTable.Rules));
        arguments.Required(OptionTable.SumdbKey);
        var keys = new KeyOptions(arguments, context.Host);
        var listen = new ServerOptions(
            path, arguments.Value(OptionTable.Listen) ?? DefaultListen, context.PathOf(OptionTable.TlsCertificate), keys.Tls, keys.ReaderTokens,
            InsecureHttp: arguments.Flag(OptionTable.InsecureHttp)) { TokensOption = OptionTable.ReaderTokens.Long };
        var configuration = GoProxyConfigurationReader.Read(
            OutsideFile.ReadAnywhere(file, OptionTable.Rules.Long, MaxConfiguration), file, Path.GetDirectoryName(file)!);
        await parts.ServeGoProxyAsync(listen, configuration, Trust(context, configuration), keys.Sumdb!, keys.SumdbSm2, address => ServeLogCommand.Show(context, address), cancellationToken);
        return new Answer(0, [], default);
    }

    private static TrustStore? Trust(CommandContext context, GoProxyConfiguration configuration)
    {
        if (context.PathOf(OptionTable.Trust) is not { } file)
        {
            return configuration.Signatures.Count == 0 ? null : throw new CiComplianceException(ToolDiagnostics.CommandLine, OptionTable.Trust.Long,
                new("signatures are asked for, and no trust store says whose count", "配置要求签名,但没有信任库说明谁的签名有效"),
                new($"Give {OptionTable.Trust.Long} FILE with the publishers' keys (cicompliance trust import --role publisher)", $"请用 {OptionTable.Trust.Long} FILE 给出发布者公钥(cicompliance trust import --role publisher)"));
        }

        return PolicySource.ParseTrust(OutsideFile.ReadAnywhere(file, OptionTable.Trust.Long, TrustStore.MaxBytes), file);
    }
}
