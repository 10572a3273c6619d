using System.Security.Cryptography;

namespace CiCompliance.TransparencyLog;

/// <summary>
/// Hashes and proofs of the SHA-256 Merkle tree of RFC 6962 §2.1 (RFC 9162 §2.1). Hashes have 32 bytes. What a proof can't prove is
/// null or false: nothing throws for hostile input.
/// </summary>
public static class MerkleProof
{
    public const int HashSize = SHA256.HashSizeInBytes;

    /// <summary>No tree of less than 2^63 leaves needs a longer proof; a longer one is refused unread.</summary>
    public const int MaxInclusionHashes = 63;

    /// <summary>SHA-256(0x00 ‖ entry).</summary>
    public static byte[] LeafHash(ReadOnlySpan<byte> entry)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData([0x00]);
        hash.AppendData(entry);
        return hash.GetHashAndReset();
    }

    /// <summary>SHA-256(0x01 ‖ left ‖ right).</summary>
    public static byte[] NodeHash(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        Span<byte> input = stackalloc byte[1 + (2 * HashSize)];
        input[0] = 0x01;
        left.CopyTo(input[1..]);
        right.CopyTo(input[(1 + HashSize)..]);
        return SHA256.HashData(input);
    }

    /// <summary>The root of the empty tree: SHA-256 of nothing.</summary>
    public static byte[] EmptyRoot() => SHA256.HashData([]);

    /// <summary>The root that an inclusion proof leads to (RFC 9162 §2.1.3.2); the caller compares it with a signed one.</summary>
    /// <param name="index">Index of the leaf, from 0.</param>
    /// <param name="size">Size of the tree that the proof is for.</param>
    /// <returns>Null where index, size and number or length of the hashes don't fit together.</returns>
    public static byte[]? RootFromInclusion(long index, long size, ReadOnlySpan<byte> leafHash, IReadOnlyList<byte[]> proof)
    {
        if (index < 0 || index >= size || proof.Count > MaxInclusionHashes || leafHash.Length != HashSize || !AreHashes(proof))
        {
            return null;
        }

        var fn = index;
        var sn = size - 1;
        var root = leafHash.ToArray();
        foreach (var hash in proof)
        {
            if (sn == 0)
            {
                return null;
            }

            if ((fn & 1) == 1 || fn == sn)
            {
                root = NodeHash(hash, root);
                while ((fn & 1) == 0 && fn != 0)
                {
                    fn >>= 1;
                    sn >>= 1;
                }
            }
            else
            {
                root = NodeHash(root, hash);
            }

            fn >>= 1;
            sn >>= 1;
        }

        return sn == 0 ? root : null;
    }

    /// <summary>True when the proof shows the leaf under that root.</summary>
    public static bool ProvesInclusion(
        long index, long size, ReadOnlySpan<byte> leafHash, IReadOnlyList<byte[]> proof, ReadOnlySpan<byte> root) =>
        RootFromInclusion(index, size, leafHash, proof) is { } found && found.AsSpan().SequenceEqual(root);

    /// <summary>
    /// True when the tree of <paramref name="newSize"/> leaves begins with the tree of <paramref name="oldSize"/> (RFC 9162 §2.1.4.2).
    /// Equal sizes need equal roots and no proof; from the empty tree everything follows, with its one root and no proof.
    /// </summary>
    public static bool ProvesConsistency(
        long oldSize, long newSize, ReadOnlySpan<byte> oldRoot, ReadOnlySpan<byte> newRoot, IReadOnlyList<byte[]> proof)
    {
        if (oldSize < 0 || oldSize > newSize || proof.Count > MaxInclusionHashes + 1
            || oldRoot.Length != HashSize || newRoot.Length != HashSize || !AreHashes(proof))
        {
            return false;
        }

        if (oldSize == newSize)
        {
            return proof.Count == 0 && oldRoot.SequenceEqual(newRoot);
        }

        if (oldSize == 0)
        {
            return proof.Count == 0 && oldRoot.SequenceEqual(EmptyRoot());
        }

        return proof.Count > 0 && ProvesGrowth(oldSize, newSize, oldRoot, newRoot, proof);
    }

    private static bool ProvesGrowth(
        long oldSize, long newSize, ReadOnlySpan<byte> oldRoot, ReadOnlySpan<byte> newRoot, IReadOnlyList<byte[]> proof)
    {
        // Where the old tree is perfect, its root is the first node and the proof leaves it out.
        var oldIsPerfect = (oldSize & (oldSize - 1)) == 0;
        var next = oldIsPerfect ? 0 : 1;
        var fr = oldIsPerfect ? oldRoot.ToArray() : proof[0];
        var sr = fr;
        var fn = oldSize - 1;
        var sn = newSize - 1;
        while ((fn & 1) == 1)
        {
            fn >>= 1;
            sn >>= 1;
        }

        for (; next < proof.Count; next++)
        {
            if (sn == 0)
            {
                return false;
            }

            if ((fn & 1) == 1 || fn == sn)
            {
                fr = NodeHash(proof[next], fr);
                sr = NodeHash(proof[next], sr);
                while ((fn & 1) == 0 && fn != 0)
                {
                    fn >>= 1;
                    sn >>= 1;
                }
            }
            else
            {
                sr = NodeHash(sr, proof[next]);
            }

            fn >>= 1;
            sn >>= 1;
        }

        return sn == 0 && oldRoot.SequenceEqual(fr) && newRoot.SequenceEqual(sr);
    }

    private static bool AreHashes(IReadOnlyList<byte[]> proof)
    {
        foreach (var hash in proof)
        {
            if (hash is not { Length: HashSize })
            {
                return false;
            }
        }

        return true;
    }
}
