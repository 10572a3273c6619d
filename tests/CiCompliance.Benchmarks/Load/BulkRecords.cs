using System.Security.Cryptography;
using CiCompliance.Cryptography;
using CiCompliance.Go;
using CiCompliance.Go.Sumdb;
using CiCompliance.Keys;
using CiCompliance.Server.GoProxy.Records;
using CiCompliance.Server.Hosting;

namespace CiCompliance.Benchmarks.Load;

/// <summary>A proxy's checksum database that grows fast: records with hashes at random, appended in large batches through the store and its index as the server does it.</summary>
internal sealed class BulkRecords(string proxy, ISigner key)
{
    private const int BatchSize = 1 << 14;

    public static ModuleVersion ModuleOf(long number) => new($"modules.example/group{number % 1000:d3}/module{number:d8}", "v1.2.3");

    public static SumdbRecord RecordOf(ModuleVersion module)
    {
        Span<byte> random = stackalloc byte[2 * SHA256.HashSizeInBytes];
        RandomNumberGenerator.Fill(random);
        return SumdbRecord.Create(module, "h1:" + Convert.ToBase64String(random[..SHA256.HashSizeInBytes]), "h1:" + Convert.ToBase64String(random[SHA256.HashSizeInBytes..]));
    }

    public (SumdbStore Store, RecordIndex Index) Open()
    {
        var store = SumdbStore.Open(Path.Combine(proxy, "sumdb"), key, sm2: null, new SignatureVerifier(), TimeProvider.System);
        return (store, RecordIndex.Open(store, Path.Combine(proxy, "search"), new ServerEvents(TextWriter.Null, TimeProvider.System), CancellationToken.None));
    }

    /// <param name="size">Records it has at the end, number 0 to <paramref name="size"/> - 1 of <see cref="ModuleOf"/>.</param>
    public void GrowTo(long size)
    {
        var (store, index) = Open();
        using (store)
        using (index)
        {
            for (var next = store.Head.Size; next < size;)
            {
                var batch = new SumdbRecord[Math.Min(BatchSize, size - next)];
                var first = next;
                Parallel.For(0, batch.Length, i => batch[i] = RecordOf(ModuleOf(first + i)));
                store.Append(batch, CancellationToken.None);
                foreach (var record in batch)
                {
                    index.MakeRoom();
                    index.Add(next++, record.Module);
                }
            }
        }
    }
}
