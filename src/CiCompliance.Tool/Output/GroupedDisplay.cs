using CiCompliance.Pipeline;
using CiCompliance.Tool.Hosting;

namespace CiCompliance.Tool.Output;

/// <summary>Plain lines, folded per stage where the CI can fold.</summary>
internal sealed class GroupedDisplay(ToolHost host, Reporter reporter, CiKind ci) : IStageDisplay
{
    private readonly Lock gate = new();
    private string? open;

    public void Started(string stage)
    {
        lock (gate)
        {
            open = stage;
            host.Messages.WriteLine(ci switch
            {
                CiKind.GitHub => $"::group::{stage}",
                CiKind.GitLab => $"\x1b[0Ksection_start:{Now}:cicompliance_{stage}\r\x1b[0K{stage}",
                _ => $"== {stage}",
            });
        }
    }

    public void Report(LocalizedText value)
    {
        lock (gate)
        {
            host.Messages.WriteLine("   " + reporter.Safe(value.In(reporter.Language)));
        }
    }

    public void Ended(StageResult result, TimeSpan duration)
    {
        lock (gate)
        {
            Close();
            host.Messages.WriteLine($"{result.Stage}: {result.Verdict.ToWord()} ({Durations.Text(duration)})");
            result.Findings.ToList().ForEach(reporter.Show);
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            Close();
        }
    }

    private long Now => host.Clock.GetUtcNow().ToUnixTimeSeconds();

    private void Close()
    {
        if (open is { } stage && ci == CiKind.GitHub)
        {
            host.Messages.WriteLine("::endgroup::");
        }
        else if (open is { } section && ci == CiKind.GitLab)
        {
            host.Messages.WriteLine($"\x1b[0Ksection_end:{Now}:cicompliance_{section}\r\x1b[0K");
        }

        open = null;
    }
}

internal static class Durations
{
    public static string Text(TimeSpan duration) => duration.TotalMinutes >= 1
        ? $"{(int)duration.TotalMinutes}m{duration.Seconds:00}s"
        : $"{duration.TotalSeconds:0.0}s";
}
