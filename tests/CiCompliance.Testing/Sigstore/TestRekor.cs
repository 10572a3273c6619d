using System.Security.Cryptography;
using CiCompliance.Keys;
using CiCompliance.Sigstore;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Testing.Sigstore;

/// <summary>A tiny Rekor: every entry is the first of a tree of two.</summary>
/// <param name="name">The host's name.</param>
/// <param name="key">P-256, or of v2 also Ed25519.</param>
/// <param name="isV2">Whether the origin is the name alone, and no entry has a time.</param>
public sealed class TestRekor(string name, ISigner key, bool isV2, DateTimeOffset from)
{
    public ISigner Key => key;

    public string Name => name;

    public byte[] LogId => LogKeyId.Of(name, key.Algorithm, key.PublicKey);

    public TrustedLog Trusted => new($"https://{name}", LogId, key.PublicKey, new ValidityWindow(from, null));

    /// <param name="time">When it was logged; v1 only.</param>
    /// <param name="seal">Makes the checkpoint another one.</param>
    public LoggedEntry Log(string kind, string version, byte[] body, DateTimeOffset time, Func<Checkpoint, string>? seal = null)
    {
        var leaf = MerkleProof.LeafHash(body);
        var sibling = RandomNumberGenerator.GetBytes(MerkleProof.HashSize);
        var root = MerkleProof.NodeHash(leaf, sibling);
        var checkpoint = Checkpoint.Sign(isV2 ? name : $"{name} - 1234567890", 2, root, key);
        var seconds = time.ToUnixTimeSeconds();
        // Over several shards the index is another than in the tree.
        var index = isV2 ? 0 : 1000;
        return new LoggedEntry(kind, version, body, index, LogId, isV2 ? null : seconds,
            isV2 ? null : SignedEntryTimestamp.Sign(body, seconds, index, key),
            new InclusionProof(0, 2, root, [sibling], seal?.Invoke(checkpoint) ?? checkpoint.ToString()));
    }
}
