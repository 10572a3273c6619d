using CiCompliance.Pipeline;
using CiCompliance.Tool.Hosting;

namespace CiCompliance.Tool.Output;

/// <summary>Everything the tool prints. The answer goes to standard output, all else to standard error.</summary>
internal sealed class Reporter(ToolHost host, CiKind ci, Language language, bool json, bool quiet)
{
    private int annotations;

    public Language Language { get; } = language;

    public bool IsJson { get; } = json;

    public bool IsQuiet { get; } = quiet;

    /// <summary>Colour is for terminals that didn't ask for none (no-color.org).</summary>
    public bool HasColour { get; } = host.IsTerminal && ci == CiKind.None && string.IsNullOrEmpty(host.Environment("NO_COLOR")) && host.Environment("TERM") != "dumb";

    /// <summary>One line of untrusted text as it may be printed here.</summary>
    public string Safe(string text) => ci == CiKind.None ? SafeText.Line(text) : SafeText.LogLine(text);

    public void Show(Finding finding)
    {
        host.Messages.WriteLine(Safe(finding.Format(Language)));
        if (ci == CiKind.GitHub && ++annotations <= WorkflowCommand.MaxAnnotations)
        {
            host.Messages.WriteLine(WorkflowCommand.Annotation(finding, Language));
        }
    }

    public void Note(LocalizedText text)
    {
        if (!IsQuiet)
        {
            host.Messages.WriteLine(Safe(text.In(Language)));
        }
    }

    public void Write(Answer answer)
    {
        if (IsJson)
        {
            host.Answer.WriteLine(answer.ToJson(Language));
        }
        else if (answer.Text.In(Language) is { Length: > 0 } text)
        {
            foreach (var line in text.TrimEnd('\n').Split('\n'))
            {
                host.Answer.WriteLine(Safe(line));
            }
        }
    }

    /// <summary>Shows stages as they run, in the way that suits the place.</summary>
    public IStageDisplay Stages() =>
        IsQuiet ? new QuietDisplay(this)
        : ci == CiKind.None && host.IsTerminal && host.Environment("TERM") != "dumb" ? new TerminalDisplay(host, this)
        : new GroupedDisplay(host, this, ci);
}

/// <summary>Sees a run go on. Calls may come from several threads.</summary>
internal interface IStageDisplay : IPipelineObserver, IProgress<LocalizedText>, IDisposable;

/// <summary><c>--quiet</c>: only what was found.</summary>
internal sealed class QuietDisplay(Reporter reporter) : IStageDisplay
{
    public void Started(string stage)
    {
    }

    public void Ended(StageResult result, TimeSpan duration) => result.Findings.ToList().ForEach(reporter.Show);

    public void Report(LocalizedText value)
    {
    }

    public void Dispose()
    {
    }
}
