using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using CiCompliance.Testing;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Core.Tests.TransparencyLog;

/// <summary>A process that appends is killed at random points, again and again, over the same folder.</summary>
public sealed class KilledWriter
{
    private const int Kills = 30;

    private static readonly string Writer = Path.Combine(TestContext.CurrentContext.TestDirectory, "CiCompliance.LogWriter.dll");

    [Test]
    public async Task LosesNoAcknowledgedEntryAndNeverForks()
    {
        using var log = new TestLog();
        using var directory = new TempDirectory();
        var key = directory.Write("key.pem", log.Key.PrivatePem);
        var acknowledged = new Dictionary<long, string>();
        var seen = log.Store.Checkpoint;
        log.Store.Dispose();
        for (var kill = 0; kill < Kills; kill++)
        {
            foreach (var (index, leaf) in await RunAndKillAsync(log.Path, key))
            {
                acknowledged.Add(index, leaf);
            }

            var published = Checkpoint.Parse(await File.ReadAllBytesAsync(log.File("checkpoint")));
            var store = log.Reopen();
            var now = store.Checkpoint;
            foreach (var older in new[] { seen, published })
            {
                MerkleProof.ProvesConsistency(older.Size, now.Size, older.Root, now.Root, store.ConsistencyProof(older.Size, now.Size)).ShouldBeTrue();
            }

            foreach (var (index, leaf) in acknowledged)
            {
                Convert.ToHexStringLower(MerkleProof.LeafHash(store.Read(index).Body)).ShouldBe(leaf);
            }

            store.VerifyAll(CancellationToken.None);
            store.Dispose();
            seen = now;
        }

        acknowledged.Count.ShouldBeGreaterThanOrEqualTo(Kills);
    }

    private static async Task<List<(long Index, string Leaf)>> RunAndKillAsync(string path, string key)
    {
        using var writer = Process.Start(new ProcessStartInfo("dotnet", ["exec", Writer, path, key]) { RedirectStandardOutput = true })!;
        (await writer.StandardOutput.ReadLineAsync()).ShouldBe("ready");
        // At a random point of an append after some that were acknowledged: entries count, not seconds, so that a slow machine tests the same.
        var entries = new List<(long, string)>();
        await ReadAcknowledgedAsync(writer.StandardOutput, entries, RandomNumberGenerator.GetInt32(1, 12));
        await Task.Delay(TimeSpan.FromMicroseconds(RandomNumberGenerator.GetInt32(20_000)));
        writer.Kill();
        await writer.WaitForExitAsync();
        await ReadAcknowledgedAsync(writer.StandardOutput, entries, int.MaxValue);
        return entries;
    }

    private static async Task ReadAcknowledgedAsync(StreamReader output, List<(long Index, string Leaf)> entries, int atLeast)
    {
        while (entries.Count < atLeast && await output.ReadLineAsync() is { } line)
        {
            // The last line may be torn itself: then it was not yet said.
            if (line.Split(' ') is [var index, { Length: 64 } leaf])
            {
                entries.Add((long.Parse(index, CultureInfo.InvariantCulture), leaf));
            }
        }
    }
}
