using System.Diagnostics;
using CiCompliance.Benchmarks.Load;
using CiCompliance.Benchmarks.Measuring;
using CiCompliance.Benchmarks.Workload;
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
            Trees.Remove(folder);
            Directory.CreateDirectory(folder);
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
        output.WriteLine($"  {size:N0} entries, loaded in {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s, {Trees.BytesOf(log) / 1e6:F0} MB on the disk");
        InProcess(output, log, signer);
        AsServer(output, log, key);
    }

    private static void InProcess(TextWriter output, string log, EcdsaTestSigner signer)
    {
        using var store = LogStore.Open(log, signer, new SignatureVerifier(), TimeProvider.System);
        var head = store.Checkpoint;
        Timings.Measure(Proofs, () => store.InclusionProof(Timings.Any(head.Size), head)).Print(output, "inclusion proof, store");
        Timings.Measure(Proofs, () => store.ConsistencyProof(Timings.Any(head.Size) + 1, head.Size)).Print(output, "consistency proof, store");
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
            Timings.Measure(HttpProofs, () => connection.Require($"/api/v1/log/entries?logIndex={Timings.Any(size)}")).Print(output, "entry with inclusion proof, HTTP");
            Timings.Measure(HttpProofs, () => connection.Require($"/api/v1/log/proof?firstSize={Timings.Any(size) + 1}&lastSize={size}")).Print(output, "consistency proof, HTTP");
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

    private static void KillUnderLoad(ServedProcess server)
    {
        var requests = SignedRequests.V2(60_000);
        var load = Task.Run(() => LogWriters.Run(server.Address, server.ProcessId, requests, 128, TimeSpan.Zero, TimeSpan.FromSeconds(2)));
        Thread.Sleep(TimeSpan.FromSeconds(1));
        server.Kill();
        try
        {
            load.GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or System.ComponentModel.Win32Exception)
        {
            // Its processor time can't be read any more.
        }
    }

    private static Checkpoint CheckpointOf(string log) => Checkpoint.Parse(File.ReadAllBytes(Path.Combine(log, "checkpoint")));
}
