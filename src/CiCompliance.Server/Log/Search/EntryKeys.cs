using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Server.Log.Search;

/// <summary>What an entry is found by. It takes the two lowest bits of a key, so that no sender can crowd another kind's keys.</summary>
internal enum KeyKind
{
    Leaf = 1,
    Artifact = 2,
    Verifier = 3,
}

/// <summary>
/// The keys of one entry: the first 8 bytes of each hash with the kind in the lowest bits. Two hashes may share a key, so a hit is only
/// a candidate: whoever asks compares the entry itself.
/// </summary>
internal sealed class EntryKeys
{
    private readonly List<ulong> keys = [0];

    public static ulong Of(KeyKind kind, ReadOnlySpan<byte> hash) => (BinaryPrimitives.ReadUInt64BigEndian(hash) & ~3UL) | (ulong)kind;

    public EntryKeys With(KeyKind kind, ReadOnlySpan<byte> hash)
    {
        var key = Of(kind, hash);
        if (!keys.Contains(key))
        {
            keys.Add(key);
        }

        return this;
    }

    public ulong[] WithLeaf(ReadOnlySpan<byte> leafHash)
    {
        keys[0] = Of(KeyKind.Leaf, leafHash);
        return [.. keys];
    }

    /// <summary>The keys of a logged body but its leaf's. A body of a form that is not known here has none.</summary>
    public static EntryKeys OfBody(ReadOnlyMemory<byte> body)
    {
        var keys = new EntryKeys();
        foreach (var (kind, hash) in Hashes(body))
        {
            keys.With(kind, hash);
        }

        return keys;
    }

    /// <summary>All keys of an entry of the log, its leaf's first.</summary>
    /// <exception cref="CiComplianceException">It is not what was logged (CIC4001).</exception>
    public static ulong[] OfEntry(LogStore store, long entry) => OfBody(store.Read(entry).Body).WithLeaf(store.LeafHash(entry));

    /// <summary>Whether a logged body has that digest or key: what makes a candidate a hit.</summary>
    public static bool Has(ReadOnlyMemory<byte> body, KeyKind kind, byte[] hash) =>
        Hashes(body).Any(found => found.Kind == kind && found.Hash.AsSpan().SequenceEqual(hash));

    private static IReadOnlyList<(KeyKind Kind, byte[] Hash)> Hashes(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var spec = document.RootElement.GetProperty("spec");
            return spec.TryGetProperty("hashedRekordV002", out var v2) ? OfV2(v2)
                : spec.TryGetProperty("data", out var data) ? [Artifact(data.GetProperty("hash")), Verifier(spec.GetProperty("signature").GetProperty("publicKey").GetProperty("content"))]
                : [Artifact(spec.GetProperty("payloadHash")), Artifact(spec.GetProperty("envelopeHash")),
                    .. spec.GetProperty("signatures").EnumerateArray().Select(signature => Verifier(signature.GetProperty("verifier")))];
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return [];
        }
    }

    private static (KeyKind, byte[])[] OfV2(JsonElement spec)
    {
        var verifier = spec.GetProperty("signature").GetProperty("verifier");
        var key = verifier.TryGetProperty("publicKey", out var bare) ? bare : verifier.GetProperty("x509Certificate");
        return [(KeyKind.Artifact, spec.GetProperty("data").GetProperty("digest").GetBytesFromBase64()), (KeyKind.Verifier, SHA256.HashData(key.GetProperty("rawBytes").GetBytesFromBase64()))];
    }

    private static (KeyKind, byte[]) Artifact(JsonElement hash) => (KeyKind.Artifact, Convert.FromHexString(hash.GetProperty("value").GetString()!));

    private static (KeyKind, byte[]) Verifier(JsonElement pem) => (KeyKind.Verifier, SHA256.HashData(EntrySigner.FromPem(pem.GetString()!).Der));
}
