namespace CiCompliance.MSBuild;

/// <summary>
/// A verb of the carried tool as a task. Keys, git, go and the network are the tool's: build nodes outlive the build, so nothing of that
/// happens in this process. What the tool says on standard error becomes errors and warnings of the build; its answer decides.
/// Paths begin at the project: MSBuild makes its folder the current one.
/// </summary>
#pragma warning disable CA1001 // Nobody disposes a task, and Cancel may come after Execute has returned.
public abstract class CiComplianceTask : Task, ICancelableTask
#pragma warning restore CA1001
{
    private readonly CancellationTokenSource cancellation = new();

    /// <summary>The tool: <c>cicompliance.dll</c> or an executable. Default: the one that the package carries.</summary>
    public string ToolPath { get; set; } =
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(CiComplianceTask).Assembly.Location)!, "..", "..", "tools", "net10.0", "cicompliance.dll"));

    /// <summary><c>--language</c>: zh or en.</summary>
    public string? Language { get; set; }

    /// <summary><c>pass</c>, <c>fail</c>, <c>undecided</c> or <c>not-applicable</c>, as the tool answered.</summary>
    [Output]
    public string? Verdict { get; private set; }

    /// <summary>The tool's exit code; 3 where it gave none.</summary>
    [Output]
    public int ExitCode { get; private set; } = Pipeline.ExitCode.Undecided;

    /// <summary>The verb's words.</summary>
    private protected abstract IReadOnlyList<string> Verb { get; }

    private protected BuildLog BuildLog => new(Log, Language);

    /// <inheritdoc />
    public override bool Execute() => RunTool(Options(), BuildLog.Show) is { IsCompliant: true } && !Log.HasLoggedErrors;

    /// <summary>Ends the tool, and with it what it had started.</summary>
    public void Cancel() => cancellation.Cancel();

    /// <summary>The verb's options and operands.</summary>
    private protected abstract IReadOnlyList<string> Options();

    /// <summary>Runs the tool and judges its answer; null, with an error, where there is none.</summary>
    /// <param name="options">The verb's options and operands.</param>
    /// <param name="show">What becomes of a line of its standard error.</param>
    /// <param name="isQuiet">Whether a refusal is the caller's to judge: no error is shown, no output property set.</param>
    private protected ToolAnswer? RunTool(IReadOnlyList<string> options, Action<string> show, bool isQuiet = false)
    {
        Termination.Watch();
        try
        {
            string[] arguments = [.. Verb, .. options, .. Given([("--format", "json"), ("--language", Language)])];
            var outcome = ToolProcess.Run(ToolPath, arguments, Environment.CurrentDirectory, show, cancellation.Token);
            var answer = ToolAnswer.Parse(outcome.Answer, outcome.ExitCode, ToolArguments.Judge(arguments), MSBuildDiagnostics.NoAnswer);
            if (!isQuiet)
            {
                (ExitCode, Verdict) = (answer.ExitCode, answer.Verdict);
                Explain(answer);
            }

            return answer;
        }
        catch (OperationCanceledException)
        {
            // MSBuild itself says that the build was cancelled.
            ExitCode = Pipeline.ExitCode.Cancelled;
            return null;
        }
        catch (CiComplianceException e)
        {
            if (!isQuiet)
            {
                BuildLog.Show(e.Finding);
            }

            return null;
        }
    }

    // One word each, so that a value which begins with a dash is a value still.
    private protected static IEnumerable<string> Given(IEnumerable<(string Option, string? Value)> options) =>
        options.Where(option => option.Value is { Length: > 0 }).Select(option => $"{option.Option}={option.Value}");

    private void Explain(ToolAnswer answer)
    {
        if (!answer.IsCompliant && !Log.HasLoggedErrors)
        {
            BuildLog.Show(new Finding(MSBuildDiagnostics.NotPassed, "cicompliance",
                new($"exit code {answer.ExitCode}; {answer.NotPassed}", $"退出码 {answer.ExitCode};{answer.NotPassed}"),
                new("Run the stages that come before as well", "请同时运行前面的阶段")));
        }
    }
}
