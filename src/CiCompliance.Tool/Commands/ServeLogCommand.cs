using CiCompliance.Server.Hosting;
using CiCompliance.Tool.CommandLine;
using CiCompliance.Tool.Inputs;
using CiCompliance.Tool.Output;

namespace CiCompliance.Tool.Commands;

/// <summary>Runs until it is told to stop, which is how it is meant to end: exit code 0.</summary>
internal sealed class ServeLogCommand(IComposition parts) : ICommand
{
    private const string DefaultListen = "127.0.0.1:3000";

    public async Task<Answer> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var arguments = context.Arguments;
        var path = context.Host.PathOf(arguments.Required(OptionTable.Path));
        arguments.Required(OptionTable.LogKey);
        var keys = new KeyOptions(arguments, context.Host);
        var options = new ServerOptions(
            path,
            arguments.Value(OptionTable.Listen) ?? DefaultListen,
            context.PathOf(OptionTable.TlsCertificate),
            keys.Tls,
            keys.WriterTokens,
            context.PathOf(OptionTable.WriterCa),
            arguments.Flag(OptionTable.InsecureHttp));
        await parts.ServeLogAsync(options, keys.Log!, address => Show(context, address), cancellationToken);
        return new Answer(0, [], default);
    }

    // An answer in JSON is one document, written at the end: there the address stands in the line of the start only.
    internal static void Show(CommandContext context, string address)
    {
        if (!context.Reporter.IsJson)
        {
            context.Host.Answer.WriteLine(address);
        }
    }
}
