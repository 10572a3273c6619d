using System.Diagnostics;
using CiCompliance.Benchmarks.Load;
using CiCompliance.Benchmarks.Workload;
using CiCompliance.Cryptography;
using CiCompliance.Keys;
using CiCompliance.Testing;

namespace CiCompliance.Benchmarks.Sections;

/// <summary>The module proxy beside nginx with the same files, and its memory under many large zips.</summary>
internal sealed class GoProxySection(Setting setting) : ISection
{
    private const int Rounds = 5;
    private const long ZipBytes = 20_000_000;
    private const int Clients = 64;
    private const long LargeBytes = 100_000_000;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(3);

    public string Name => "goproxy";

    public void Run(TextWriter output)
    {
        // Beside the other files of the benchmark: the folder for temporary files may be memory.
        var folder = Path.Combine(setting.Artifacts, "benchmark", "goproxy");
        foreach (var part in new Action<TextWriter, string>[] { Cached, Memory })
        {
            Trees.Remove(folder);
            Directory.CreateDirectory(folder);
            try
            {
                part(output, folder);
            }
            finally
            {
                Trees.Remove(folder);
            }
        }
    }

    private void Cached(TextWriter output, string folder)
    {
        output.WriteLine($"cached files beside nginx, {Rounds} rounds of {Time.TotalSeconds:F0} s in turns, medians (goals: .info 0.6 of its requests, .zip 0.9 of its bytes, p99 within 2 times)");
        if (Peers.Find("nginx") is not { } program)
        {
            output.WriteLine("  no nginx here to compare with");
            return;
        }

        using var upstream = Upstream();
        LargeModules.Add(upstream, folder, 0, ZipBytes);
        ServedGoProxy.Create(setting.Tool, folder, upstream);
        using var proxy = ServedGoProxy.Start(setting.Tool, folder);
        var files = Path.Combine(folder, "files");
        foreach (var extension in new[] { ".info", ".mod", ".zip" })
        {
            Save(proxy.Address, LargeModules.PathOf(0, extension), files);
        }

        using var nginx = new NginxServer(program, files);
        foreach (var (extension, clients) in new[] { (".info", 1), (".info", 64), (".zip", 1), (".zip", 8) })
        {
            var path = LargeModules.PathOf(0, extension);
            Compare(output, $"{extension}, {clients} clients", path, new FileInfo(files + path).Length, clients, proxy, nginx);
        }
    }

    private static void Compare(TextWriter output, string label, string path, long length, int clients, ServedProcess proxy, NginxServer nginx)
    {
        var (ours, theirs) = (new List<LoadResult>(), new List<LoadResult>());
        for (var round = 0; round < Rounds; round++)
        {
            ours.Add(Ask(proxy.Address, path, length).Run([proxy.ProcessId], clients, WarmUp, Time));
            theirs.Add(Ask(nginx.Address, path, length).Run(nginx.ProcessIds, clients, WarmUp, Time));
        }

        foreach (var (server, results) in new[] { ("cicompliance", ours), ("nginx", theirs) })
        {
            var rate = Median(results, result => result.Rate);
            output.WriteLine($"  {label,-18} {server,-13} {rate,8:F0} a second, {rate * length / 1e6,6:F0} MB a second   p50 {Median(results, result => result.P50.TotalMilliseconds),7:F2} ms   "
                + $"p99 {Median(results, result => result.P99.TotalMilliseconds),7:F2} ms   {results.Sum(result => result.Errors)} errors   "
                + $"cores: server {Median(results, result => result.ServerCores):F2}, clients {Median(results, result => result.GeneratorCores):F2}");
        }

        output.WriteLine($"  {label,-18} ratio of rates {Median(ours, result => result.Rate) / Median(theirs, result => result.Rate):F2}, "
            + $"of p99 {Median(ours, result => result.P99.TotalMilliseconds) / Median(theirs, result => result.P99.TotalMilliseconds):F2}");
    }

    private void Memory(TextWriter output, string folder)
    {
        output.WriteLine($"memory while {Clients} clients pull {Clients} zips of {LargeBytes / 1e6:F0} MB (goal: under 200 MB)");
        using var upstream = Upstream();
        for (var i = 0; i < Clients; i++)
        {
            LargeModules.Add(upstream, folder, i, LargeBytes);
        }

        ServedGoProxy.Create(setting.Tool, folder, upstream);
        using var proxy = ServedGoProxy.Start(setting.Tool, folder);
        output.WriteLine($"  at its start {proxy.Memory("VmHWM:") / 1e6:F0} MB");
        foreach (var state in new[] { "not yet there", "cached", "cached again" })
        {
            proxy.ResetPeak();
            var start = Stopwatch.GetTimestamp();
            var lengths = Task.WhenAll(Enumerable.Range(0, Clients).Select(number => PullAsync(proxy.Address, LargeModules.PathOf(number, ".zip")))).GetAwaiter().GetResult();
            output.WriteLine($"  {state,-14} peak {proxy.Memory("VmHWM:") / 1e6:F0} MB, {lengths.Sum() / 1e6 / Stopwatch.GetElapsedTime(start).TotalSeconds:F0} MB a second");
        }
    }

    private static FixtureModuleProxy Upstream()
    {
        using var key = KeyGenerator.Generate(KeyAlgorithm.Ed25519);
        return new FixtureModuleProxy(new FixtureSumdb("sum.modules.example", key.OpenSigner()));
    }

    private static async Task<long> PullAsync(Uri server, string path)
    {
        await Task.Yield();
        using var connection = await HttpConnection.OpenAsync(server);
        var (status, length) = await connection.DrainAsync(SignedRequests.Get(path), CancellationToken.None);
        return status == 200 && length >= LargeBytes ? length : throw new InvalidOperationException($"{path} was answered with {status}");
    }

    private static HttpLoad Ask(Uri server, string path, long length)
    {
        var request = SignedRequests.Get(path);
        return new HttpLoad(server, async (connection, stop) => await connection.DrainAsync(request, stop) == (200, length));
    }

    private static void Save(Uri server, string path, string folder)
    {
        var file = folder + path;
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        using var client = new HttpClient();
        using var content = client.GetStreamAsync(new Uri(server, path)).GetAwaiter().GetResult();
        using var copy = File.Create(file);
        content.CopyTo(copy);
    }

    private static double Median(List<LoadResult> results, Func<LoadResult, double> of) => results.Select(of).Order().ElementAt(results.Count / 2);
}
