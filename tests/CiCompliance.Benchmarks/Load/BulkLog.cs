using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using CiCompliance.Cryptography;
using CiCompliance.Server.Hosting;
using CiCompliance.Server.Log.Entries;
using CiCompliance.Server.Log.Search;
using CiCompliance.Testing;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Benchmarks.Load;

/// <summary>
/// A synthetic log that grows fast: bodies of the form and length of Rekor v2's, with digests and signatures at random, appended in large
/// batches through the store and the search index as the server itself does it, without requests and verification.
/// </summary>
internal sealed class BulkLog(string folder, EcdsaTestSigner key)
{
    private const int BatchSize = 1 << 14;
    private const int MaxWaiting = 8;
    private const int SignatureSize = 70;

    private readonly byte[] keyId = SHA256.HashData(key.PublicKey);
    private readonly (byte[] Body, int Digest, int Signature) template = Template(key.PublicKey);

    /// <param name="size">Entries it has at the end, at least as many as it has now.</param>
    public void GrowTo(long size)
    {
        using var store = LogStore.Open(folder, key, new SignatureVerifier(), TimeProvider.System);
        using var index = EntryIndex.Open(store, Path.Combine(folder, "search"), new ServerEvents(TextWriter.Null, TimeProvider.System), CancellationToken.None);
        using var batches = new BlockingCollection<EntryCandidate[]>(MaxWaiting);
        var missing = size - store.Checkpoint.Size;
        var making = Task.Run(() => Make(missing, batches));
        foreach (var batch in batches.GetConsumingEnumerable())
        {
            var logged = store.Append([.. batch.Select(entry => entry.Body)], CancellationToken.None);
            for (var i = 0; i < batch.Length; i++)
            {
                index.MakeRoom();
                index.Add(logged.First + i, batch[i].Keys);
            }
        }

        making.GetAwaiter().GetResult();
    }

    private static (byte[] Body, int Digest, int Signature) Template(byte[] publicKey)
    {
        var (digest, signature) = (new byte[SHA256.HashSizeInBytes], new byte[SignatureSize]);
        var body = ProposedEntry.HashedRekord002(digest, signature, publicKey).Body;
        return (body, body.AsSpan().IndexOf("\"digest\":\""u8) + "\"digest\":\"".Length, body.AsSpan().IndexOf("\"content\":\""u8) + "\"content\":\"".Length);
    }

    private void Make(long count, BlockingCollection<EntryCandidate[]> batches)
    {
        try
        {
            for (; count > 0; count -= BatchSize)
            {
                batches.Add(MakeBatch((int)Math.Min(count, BatchSize)));
            }
        }
        finally
        {
            batches.CompleteAdding();
        }
    }

    private EntryCandidate[] MakeBatch(int count)
    {
        var entries = new EntryCandidate[count];
        var random = RandomNumberGenerator.GetBytes(count * (SHA256.HashSizeInBytes + SignatureSize));
        for (var i = 0; i < count; i++)
        {
            var own = random.AsSpan(i * (SHA256.HashSizeInBytes + SignatureSize), SHA256.HashSizeInBytes + SignatureSize);
            var body = template.Body.ToArray();
            Base64.EncodeToUtf8(own[..SHA256.HashSizeInBytes], body.AsSpan(template.Digest), out _, out _);
            Base64.EncodeToUtf8(own[SHA256.HashSizeInBytes..], body.AsSpan(template.Signature), out _, out _);
            entries[i] = EntryCandidate.Of(body, new EntryKeys().With(KeyKind.Artifact, own[..SHA256.HashSizeInBytes]).With(KeyKind.Verifier, keyId));
        }

        return entries;
    }
}
