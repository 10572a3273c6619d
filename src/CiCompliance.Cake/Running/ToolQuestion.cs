using CiCompliance.Pipeline;

namespace CiCompliance.Cake.Running;

/// <summary>
/// What the tool is asked: the caller's arguments, every stage by its name where none is named (or the environment would choose), and an answer
/// that can be judged. Whoever asks for JSON is shown it as it came.
/// </summary>
internal sealed record ToolQuestion(IReadOnlyList<string> Arguments, bool IsPlain, bool ShowsJson)
{
    private static readonly string[] Help = ["--help", "-h", "-?"];

    /// <exception cref="global::Cake.Core.CakeException">A form that the tool does not have (CIC0041).</exception>
    public static ToolQuestion From(IReadOnlyList<string> arguments)
    {
        // Help and version answer nothing that could be judged.
        if (arguments.Count == 0 || arguments[0].StartsWith('-') || arguments.Any(Help.Contains))
        {
            return new ToolQuestion(arguments, IsPlain: true, ShowsJson: false);
        }

        var form = ToolArguments.ValueOf(arguments, "format");
        var all = arguments[0] == "run" && ToolArguments.ValueOf(arguments, "stages") is null ? new[] { "--stages=" + string.Join(',', StageCatalog.Names) } : [];
        return (form ?? Environment.GetEnvironmentVariable(ToolArguments.VariableOf("format"))) switch
        {
            null or "" or "text" => new ToolQuestion([.. WithoutForm(arguments), .. all, "--format=json"], IsPlain: false, ShowsJson: false),
            "json" => new ToolQuestion([.. WithoutForm(arguments), .. all, "--format=json"], IsPlain: false, ShowsJson: true),
            _ => throw Refusal.Of(CakeDiagnostics.Option, "--format", new("the format is neither text nor json", "格式既不是 text 也不是 json"),
                new("Write --format=text or --format=json", "请写成 --format=text 或 --format=json")),
        };
    }

    /// <summary>What to show of an answer.</summary>
    /// <exception cref="CiComplianceException">There is none (CIC0045).</exception>
    public string TextOf(string output, int exitCode)
    {
        if (IsPlain)
        {
            return output;
        }

        var answer = ToolAnswer.Parse(output, exitCode, ToolArguments.Judge(Arguments), CakeDiagnostics.NoAnswer);
        return ShowsJson ? output : answer.Text ?? answer.Summary;
    }

    private static IEnumerable<string> WithoutForm(IReadOnlyList<string> arguments) =>
        arguments.Where((argument, i) => argument.Split(['=', ':'], 2)[0] != "--format" && !(i > 0 && arguments[i - 1] == "--format"));
}
