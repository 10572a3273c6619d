using CiCompliance.Pipeline;
using CiCompliance.Tool.Hosting;

namespace CiCompliance.Tool.Output;

/// <summary>One line per stage that is rewritten while the stage runs: what is being done, and for how long.</summary>
internal sealed class TerminalDisplay : IStageDisplay
{
    private const string ClearLine = "\r\x1b[K";

    private readonly Lock gate = new();
    private readonly ToolHost host;
    private readonly Reporter reporter;
    private readonly ITimer timer;
    private string? stage;
    private string doing = "";
    private long startedAt;

    public TerminalDisplay(ToolHost host, Reporter reporter)
    {
        this.host = host;
        this.reporter = reporter;
        timer = host.Clock.CreateTimer(_ => Redraw(), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    public void Started(string stage)
    {
        lock (gate)
        {
            (this.stage, doing, startedAt) = (stage, "", host.Clock.GetTimestamp());
        }

        Redraw();
    }

    public void Report(LocalizedText value)
    {
        lock (gate)
        {
            doing = reporter.Safe(value.In(reporter.Language));
        }

        Redraw();
    }

    public void Ended(StageResult result, TimeSpan duration)
    {
        lock (gate)
        {
            stage = null;
            host.Messages.WriteLine($"{ClearLine}{VerdictText.Word(result.Verdict, reporter)} {result.Stage,-14}{Durations.Text(duration),8}");
            result.Findings.ToList().ForEach(reporter.Show);
        }
    }

    public void Dispose()
    {
        timer.Dispose();
        lock (gate)
        {
            if (stage is not null)
            {
                host.Messages.Write(ClearLine);
            }

            stage = null;
        }
    }

    private void Redraw()
    {
        lock (gate)
        {
            if (stage is not null)
            {
                var line = $"{stage,-14}{Durations.Text(host.Clock.GetElapsedTime(startedAt)),8}  {doing}";
                host.Messages.Write(ClearLine + TextWidth.Fit(line, Width() - 1));
            }
        }
    }

    private static int Width() => Console.WindowWidth is > 20 and var width ? width : 80;
}
