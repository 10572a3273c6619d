using System.Diagnostics;
using System.Security.Cryptography;
using CiCompliance.Benchmarks.Load;
using CiCompliance.Cryptography;
using CiCompliance.Testing;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Benchmarks.Sections;

/// <summary>How the log grows from 10^3 to 10^7 entries: proofs, appends, memory, and the start after <c>kill -9</c>. Needs 7 GB of disk, given back at the end.</summary>
internal sealed class LogGrowthSection(Setting setting) : ISection
{
    private const int Proofs = 20_000;
    private const int HttpProofs = 5_000;

    private static readonly long[] Sizes = [1_000, 10_000, 100_000, 1_000_000, 10_000_000];
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(4);

    public string Name => "log-growth";

    public void Run(TextWriter output)
    {
        output.WriteLine("a log from 10^3 to 10^7 entries, bulk-loaded (goals: p99 of a proof under 5 ms, memory flat, start after kill -9 under a second at 10^6)");
        // Beside the other files of the benchmark: the folder for temporary files may be memory.
        var folder = Path.Combine(setting.Artifacts, "benchmark", "log");
        foreach (var size in Sizes)
        {
            Reset(folder);
            try
            {
                Measure(output, folder, size);
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private void Measure(TextWriter output, string folder, long size)
    {
        var signer = new EcdsaTestSigner();
        var key = ServedLog.WriteKey(Path.Combine(folder, "log.pem"), signer);
        var log = Path.Combine(folder, "log");
        ServedLog.Create(setting.Tool, log, key);
        var start = Stopwatch.GetTimestamp();
        new BulkLog(log, signer).GrowTo(size);
        output.WriteLine($"  {size:N0} entries, loaded in {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s, {BytesOf(log) / 1e6:F0} MB on the disk");
        InProcess(output, log, signer);
        AsServer(output, log, key);
    }

    private static void InProcess(TextWriter output, string log, EcdsaTestSigner signer)
    {
        using var store = LogStore.Open(log, signer, new SignatureVerifier(), TimeProvider.System);
        var head = store.Checkpoint;
        Print(output, "inclusion proof, store", Measure(Proofs, () => store.InclusionProof(Any(head.Size), head)));
        Print(output, "consistency proof, store", Measure(Proofs, () => store.ConsistencyProof(Any(head.Size) + 1, head.Size)));
    }

    private void AsServer(TextWriter output, string log, string key)
    {
        TimeSpan first;
        using (var server = ServedLog.Start(setting.Tool, log, key))
        {
            first = server.StartUp;
            var before = server.Memory("RssAnon:");
            var size = CheckpointOf(log).Size;
            using var connection = HttpConnection.OpenAsync(server.Address).GetAwaiter().GetResult();
            Print(output, "entry with inclusion proof, HTTP", Measure(HttpProofs, () => Ask(connection, $"/api/v1/log/entries?logIndex={Any(size)}")));
            Print(output, "consistency proof, HTTP", Measure(HttpProofs, () => Ask(connection, $"/api/v1/log/proof?firstSize={Any(size) + 1}&lastSize={size}")));
            foreach (var writers in new[] { 1, 128 })
            {
                var result = LogWriters.Run(server.Address, server.ProcessId, SignedRequests.V2(Math.Min(2_000 * writers, 20_000) * 5), writers, WarmUp, Time);
                output.WriteLine($"    append, {writers,4} writers             {result.Text}");
            }

            output.WriteLine($"    memory of the server, own: {before / 1e6:F1} MB at its start, {server.Memory("RssAnon:") / 1e6:F1} MB after that; with files' pages {server.Memory("VmRSS:") / 1e6:F1} MB");
            KillUnderLoad(server);
        }

        using var again = ServedLog.Start(setting.Tool, log, key);
        output.WriteLine($"    start {first.TotalMilliseconds:F0} ms, after kill -9 under load {again.StartUp.TotalMilliseconds:F0} ms");
    }

    private static void KillUnderLoad(ServedLog server)
    {
        var requests = SignedRequests.V2(60_000);
        var load = Task.Run(() => LogWriters.Run(server.Address, server.ProcessId, requests, 128, TimeSpan.Zero, TimeSpan.FromSeconds(2)));
        Thread.Sleep(TimeSpan.FromSeconds(1));
        server.Kill();
        try
        {
            load.GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // Its processor time can't be read any more.
        }
    }

    private static List<TimeSpan> Measure(int count, Action prove)
    {
        // Until the compiler has seen what is hot.
        for (var i = 0; i < count / 10; i++)
        {
            prove();
        }

        var times = new List<TimeSpan>(count);
        for (var i = 0; i < count; i++)
        {
            var start = Stopwatch.GetTimestamp();
            prove();
            times.Add(Stopwatch.GetElapsedTime(start));
        }

        times.Sort();
        return times;
    }

    private static void Print(TextWriter output, string label, List<TimeSpan> sorted) => output.WriteLine(
        $"    {label,-32} p50 {LoadResult.Quantile(sorted, 0.5).TotalMilliseconds,7:F3} ms   p99 {LoadResult.Quantile(sorted, 0.99).TotalMilliseconds,7:F3} ms   slowest {sorted[^1].TotalMilliseconds,7:F3} ms");

    private static void Ask(HttpConnection connection, string path)
    {
        if (connection.AskAsync(SignedRequests.Get(path), CancellationToken.None).AsTask().GetAwaiter().GetResult() != 200)
        {
            throw new InvalidOperationException($"{path} was not answered");
        }
    }

    private static Checkpoint CheckpointOf(string log) => Checkpoint.Parse(File.ReadAllBytes(Path.Combine(log, "checkpoint")));

    private static long Any(long below) => (long)(BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))) % (ulong)below);

    private static long BytesOf(string folder) => new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);

    private static void Reset(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        Directory.CreateDirectory(folder);
    }
}
