using CiCompliance.Benchmarks.Load;
using CiCompliance.Keys;
using CiCompliance.Testing;

namespace CiCompliance.Benchmarks.Sections;

/// <summary>Entries that a log server appends and has on its disk before it answers, beside the real Rekor v2 server with its POSIX backend.</summary>
internal sealed class LogSection(Setting setting) : ISection
{
    private static readonly int[] Steps = [1, 16, 128, 1024];

    // The other server's own choices: the shorter the interval, the sooner an entry is answered, until no time is left for entries.
    private static readonly string[][] Intervals = [["1s"], ["500ms"], ["200ms"], ["100ms"], ["100ms", "--batch-max-age", "50ms"]];

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan TrialTime = TimeSpan.FromSeconds(5);

    public string Name => "log";

    public void Run(TextWriter output)
    {
        output.WriteLine($"entries appended, durable, Rekor v2's API, {Time.TotalSeconds:F0} s at each number of writers, one server after the other (goal: 5 times Rekor's rate at 128 and 1,024, p99 below half of its)");
        var ours = Ours(output);
        if (Peers.Find("rekor-v2") is null)
        {
            output.WriteLine("  no rekor-v2 here to compare with");
            return;
        }

        var theirs = Theirs(output, Fastest(output));
        for (var i = 0; i < Steps.Length; i++)
        {
            output.WriteLine($"  {Steps[i],5} writers: {ours[i].Rate / theirs[i].Rate:F1} times Rekor's rate, p99 {ours[i].P99 / theirs[i].P99:F3} of Rekor's");
        }
    }

    private List<LoadResult> Ours(TextWriter output)
    {
        using var folder = new TempDirectory();
        var key = ServedLog.WriteKey(folder.Combine("log.pem"), new EcdsaTestSigner());
        ServedLog.Create(setting.Tool, folder.Combine("log"), key);
        using var server = ServedLog.Start(setting.Tool, folder.Combine("log"), key);
        return [.. Steps.Select(writers => Step(output, "cicompliance serve log", server.Address, server.ProcessId, writers, 20_000, Time))];
    }

    private static List<LoadResult> Theirs(TextWriter output, string[] interval)
    {
        using var server = Rekor(interval);
        return [.. Steps.Select(writers => Step(output, "rekor-v2 " + string.Join(' ', interval), new Uri(server.Url), server.ProcessId, writers, 4_000, Time))];
    }

    /// <summary>The interval with the highest rate at 1,024 writers of those without an error.</summary>
    private static string[] Fastest(TextWriter output)
    {
        var (best, rate) = (Intervals[0], 0d);
        foreach (var interval in Intervals)
        {
            using var server = Rekor(interval);
            var results = new[] { 128, 1024 }.Select(writers =>
                Step(output, "trial: rekor-v2 " + string.Join(' ', interval), new Uri(server.Url), server.ProcessId, writers, 4_000, TrialTime)).ToList();
            if (results.All(result => result.Errors == 0) && results[^1].Rate > rate)
            {
                (best, rate) = (interval, results[^1].Rate);
            }
        }

        return best;
    }

    private static RekorV2Server Rekor(string[] interval) => new(KeyAlgorithm.Ed25519, interval[0], [.. interval[1..], "--log-level", "error"]);

    private static LoadResult Step(TextWriter output, string label, Uri server, int process, int writers, int most, TimeSpan time)
    {
        var requests = SignedRequests.V2((int)(Math.Min(most, 1_000 * writers) * (WarmUp + time).TotalSeconds));
        var result = LogWriters.Run(server, process, requests, writers, WarmUp, time);
        output.WriteLine($"  {label,-44} {writers,5} writers {result.Text}");
        return result;
    }
}
