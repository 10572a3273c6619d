using CiCompliance.Benchmarks.Load;
using CiCompliance.Benchmarks.Measuring;
using CiCompliance.Benchmarks.Workload;

namespace CiCompliance.Benchmarks.Sections;

/// <summary>What a proxy that has nothing yet adds to the go command's download of many modules.</summary>
internal sealed class GoProxyDownloadSection(Setting setting) : ISection
{
    private const int NearRounds = 7;
    private const int FarRounds = 3;

    private static readonly TimeSpan Far = TimeSpan.FromMilliseconds(20);

    public string Name => "goproxy-download";

    public void Run(TextWriter output)
    {
        // Beside the other files of the benchmark: the folder for temporary files may be memory, which flushes at once.
        var folder = Path.Combine(setting.Artifacts, "benchmark", "goproxy-download");
        Trees.Remove(folder);
        try
        {
            Download(output, folder);
        }
        finally
        {
            Trees.Remove(folder);
        }
    }

    private void Download(TextWriter output, string folder)
    {
        output.WriteLine($"go mod download of {GeneratedModules.Count} modules into an empty cache, through a proxy that has none of them, over straight from the proxy before it (goal: at most 1.15)");
        using var upstream = GeneratedModules.Serve().Proxy;
        var project = new DownloadProject(folder, setting.Go);
        ServedProcess? server = null;
        var started = 0;
        try
        {
            var through = project.Download("through cicompliance serve goproxy", () =>
            {
                server?.Dispose();
                var place = Path.Combine(folder, $"served-{++started}");
                var database = ServedGoProxy.Create(setting.Tool, place, upstream);
                server = ServedGoProxy.Start(setting.Tool, place);
                return (server.Address.ToString(), database);
            });
            var straight = project.Download("straight", () => (upstream.Url, upstream.Sumdb.VerifierKey));
            foreach (var (delay, rounds) in new[] { (TimeSpan.Zero, NearRounds), (Far, FarRounds) })
            {
                upstream.Delay = delay;
                output.WriteLine($"  the proxy before it answers {(delay == TimeSpan.Zero ? "at once" : $"after {delay.TotalMilliseconds:F0} ms, as one far away")}; {rounds} rounds");
                var comparison = Comparison.Run(rounds, [through, straight]);
                comparison.Print(output);
                output.WriteLine($"  ratio {comparison.Ratio(0, 1):F2}");
            }
        }
        finally
        {
            server?.Dispose();
        }
    }
}
