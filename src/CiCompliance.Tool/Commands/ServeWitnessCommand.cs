using CiCompliance.Keys;
using CiCompliance.Server.Hosting;
using CiCompliance.Tool.CommandLine;
using CiCompliance.Tool.Inputs;
using CiCompliance.Tool.Output;

namespace CiCompliance.Tool.Commands;

/// <summary>Runs until it is told to stop, which is how it is meant to end: exit code 0.</summary>
internal sealed class ServeWitnessCommand(IComposition parts) : ICommand
{
    private const string DefaultListen = "127.0.0.1:7380";

    public async Task<Answer> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var arguments = context.Arguments;
        var path = context.Host.PathOf(arguments.Required(OptionTable.Path));
        var name = arguments.Required(OptionTable.Name);
        var trustFile = context.Host.PathOf(arguments.Required(OptionTable.Trust));
        arguments.Required(OptionTable.WitnessKey);
        var keys = new KeyOptions(arguments, context.Host);
        var options = new ServerOptions(
            path, arguments.Value(OptionTable.Listen) ?? DefaultListen, context.PathOf(OptionTable.TlsCertificate), keys.Tls, InsecureHttp: arguments.Flag(OptionTable.InsecureHttp));
        var trust = PolicySource.ParseTrust(OutsideFile.ReadAnywhere(trustFile, OptionTable.Trust.Long, TrustStore.MaxBytes), trustFile);
        await parts.ServeWitnessAsync(options, NoteName(name), keys.Witness!, Algorithm(arguments), trust, address => ServeLogCommand.Show(context, address), cancellationToken);
        return new Answer(0, [], default);
    }

    private static string NoteName(string name) => name.Length is > 0 and <= 256 && !name.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c == '+')
        ? name
        : throw new CiComplianceException(ToolDiagnostics.OptionValue, OptionTable.Name.Long,
            new("the name of a signature line has no white space and no +", "签名行名称不得含空白或 +"), new("Write it like witness.example.org/w1", "请写成 witness.example.org/w1 的形式"));

    private static KeyAlgorithm Algorithm(Arguments arguments) => arguments.Value(OptionTable.Algorithm) switch
    {
        null or "ed25519" => KeyAlgorithm.Ed25519,
        "sm2" => KeyAlgorithm.Sm2,
        "ecdsa-p256" => KeyAlgorithm.EcdsaP256,
        _ => throw new CiComplianceException(ToolDiagnostics.OptionValue, OptionTable.Algorithm.Long,
            new($"it is not {OptionTable.Algorithm.ValueName}", $"不是 {OptionTable.Algorithm.ValueName}"),
            new($"Write {OptionTable.Algorithm.Long} {OptionTable.Algorithm.ValueName}", $"请写成 {OptionTable.Algorithm.Long} {OptionTable.Algorithm.ValueName}")),
    };
}
