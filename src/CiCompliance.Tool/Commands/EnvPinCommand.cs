using CiCompliance.Go;
using CiCompliance.Tool.CommandLine;
using CiCompliance.Tool.Inputs;
using CiCompliance.Tool.Output;

namespace CiCompliance.Tool.Commands;

/// <summary>
/// Prints the policy's Go settings for a shell (<c>eval "$(cicompliance env pin …)"</c>), for Go's environment file, or for a Dockerfile.
/// </summary>
internal sealed class EnvPinCommand(IComposition parts) : ICommand
{
    public Task<Answer> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var form = Form(context.Arguments);
        using var revisions = parts.Revisions(context.ProjectDirectory, cancellationToken);
        var judgement = JudgedRange.Load(parts, context, revisions).Judgement;
        var pins = parts.PinnedEnvironment(judgement.Policy);
        var lines = form switch
        {
            "go.env" => GoEnvironmentPins.EnvironmentFile(judgement.Policy),
            "dockerfile" => GoEnvironmentPins.DockerfileFragment(judgement.Policy),
            _ => string.Concat(pins.OrderBy(pin => pin.Key, StringComparer.Ordinal).Select(pin => $"export {pin.Key}={ShellQuote.Word(pin.Value)}\n")),
        };
        return Task.FromResult(new Answer(0, [], new(lines, lines)) { Environment = pins });
    }

    private static string Form(Arguments arguments) => arguments.Value(OptionTable.Form) switch
    {
        null => "shell",
        "shell" or "go.env" or "dockerfile" => arguments.Value(OptionTable.Form)!,
        _ => throw new CiComplianceException(ToolDiagnostics.OptionValue, OptionTable.Form.Long,
            new("the form is neither shell, go.env nor dockerfile", "格式不是 shell、go.env 或 dockerfile"),
            new("Write --form shell, --form go.env or --form dockerfile", "请写成 --form shell、--form go.env 或 --form dockerfile")),
    };
}
