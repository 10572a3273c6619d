using System.Diagnostics;
using CiCompliance.Benchmarks.Load;
using CiCompliance.Benchmarks.Measuring;
using CiCompliance.Benchmarks.Workload;
using CiCompliance.Cryptography;
using CiCompliance.Go;
using CiCompliance.Keys;
using CiCompliance.Server.GoProxy.Records;
using CiCompliance.Server.Hosting;
using CiCompliance.Testing;

namespace CiCompliance.Benchmarks.Sections;

/// <summary>How the module proxy's checksum database grows from 10^3 to 10^7 records: look-ups, appends, memory and start. Needs 5 GB of disk, given back at the end.</summary>
internal sealed class GoProxyGrowthSection(Setting setting) : ISection
{
    private const int Lookups = 5_000;
    private const int Tiles = 500;
    private const int Appends = 500;
    private const int Writers = 64;

    private static readonly long[] Sizes = [1_000, 10_000, 100_000, 1_000_000, 10_000_000];

    public string Name => "goproxy-growth";

    public void Run(TextWriter output)
    {
        output.WriteLine("the proxy's checksum database from 10^3 to 10^7 records, bulk-loaded");
        // Beside the other files of the benchmark: the folder for temporary files may be memory.
        var folder = Path.Combine(setting.Artifacts, "benchmark", "goproxy-growth");
        foreach (var size in Sizes)
        {
            Trees.Remove(folder);
            try
            {
                Measure(output, folder, size);
            }
            finally
            {
                Trees.Remove(folder);
            }
        }
    }

    private void Measure(TextWriter output, string folder, long size)
    {
        using var publicKey = KeyGenerator.Generate(KeyAlgorithm.Ed25519);
        using var upstream = new FixtureModuleProxy(new FixtureSumdb("sum.modules.example", publicKey.OpenSigner()));
        var news = Enumerable.Range(0, 2 * Appends).Select(number => new ModuleVersion($"modules.example/new{number:d4}", "v1.0.0")).ToList();
        foreach (var record in news.Select(BulkRecords.RecordOf))
        {
            upstream.Sumdb.Add(record.Module, record.Zip, record.GoMod);
        }

        ServedGoProxy.Create(setting.Tool, folder, upstream);
        using var key = new SignerFactory().Open(new(ServedGoProxy.KeyOf(folder), null, null), KeyAlgorithm.Ed25519);
        var records = new BulkRecords(ServedGoProxy.ProxyOf(folder), key);
        var start = Stopwatch.GetTimestamp();
        records.GrowTo(size);
        output.WriteLine($"  {size:N0} records, loaded in {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s, {Trees.BytesOf(folder) / 1e6:F0} MB on the disk");
        InProcessAsync(output, records, size).GetAwaiter().GetResult();
        AsServer(output, folder, size, news);
    }

    private static async Task InProcessAsync(TextWriter output, BulkRecords records, long size)
    {
        var (store, index) = records.Open();
        await using var book = new RecordBook(store, index, new ServerEvents(TextWriter.Null, TimeProvider.System), TimeProvider.System);
        var next = size;
        Timings.Measure(Lookups, () => _ = book.Find(BulkRecords.ModuleOf(Timings.Any(size))) ?? throw new InvalidOperationException("a record is missing")).Print(output, "look-up, store");
        Timings.Measure(Appends, () => AppendAsync(book, next++).GetAwaiter().GetResult()).Print(output, "append, store, 1 writer");
        var times = await Task.WhenAll(Enumerable.Range(0, Writers).Select(async _ =>
        {
            var own = new List<TimeSpan>();
            for (var i = 0; i < Appends / 10; i++)
            {
                var start = Stopwatch.GetTimestamp();
                await AppendAsync(book, Interlocked.Increment(ref next));
                own.Add(Stopwatch.GetElapsedTime(start));
            }

            return own;
        }));
        new Timings([.. times.SelectMany(own => own)]).Print(output, $"append, store, {Writers} writers");
    }

    private void AsServer(TextWriter output, string folder, long size, List<ModuleVersion> news)
    {
        using var server = ServedGoProxy.Start(setting.Tool, folder);
        var before = server.Memory("RssAnon:");
        using var connection = HttpConnection.OpenAsync(server.Address).GetAwaiter().GetResult();
        var root = $"/sumdb/{ServedGoProxy.Database}";
        Timings.Measure(Lookups, () => connection.Require($"{root}/lookup/{BulkRecords.ModuleOf(Timings.Any(size))}")).Print(output, "look-up, HTTP");
        Timings.Measure(Tiles, () => connection.Require($"{root}/{new CiCompliance.TransparencyLog.Tile(0, Timings.Any(size / 256), 256).Path}")).Print(output, "tile of 256 hashes, HTTP");
        var next = 0;
        Timings.Measure(Appends, () => connection.Require($"{root}/lookup/{news[next++]}")).Print(output, "new: proved, appended, HTTP");
        output.WriteLine($"    memory of the server, own: {before / 1e6:F1} MB at its start, {server.Memory("RssAnon:") / 1e6:F1} MB after that; with files' pages {server.Memory("VmRSS:") / 1e6:F1} MB");
        output.WriteLine($"    start {server.StartUp.TotalMilliseconds:F0} ms");
    }

    private static Task AppendAsync(RecordBook book, long number) => book.RecordAsync(BulkRecords.RecordOf(BulkRecords.ModuleOf(number)), CancellationToken.None);
}
