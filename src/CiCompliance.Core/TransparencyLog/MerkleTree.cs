using System.Numerics;

namespace CiCompliance.TransparencyLog;

/// <summary>Where a <see cref="MerkleTree"/> keeps its hashes: an append-only list.</summary>
public interface IHashStore
{
    long Count { get; }

    byte[] Read(long position);

    void Append(ReadOnlySpan<byte> hash);
}

/// <summary>
/// An append-only Merkle tree (RFC 6962 §2.1). The store holds the hash of every perfect subtree in the order in which it became
/// complete: each leaf, then the nodes that this leaf completed. Any root or proof needs a number of reads logarithmic in the size.
/// </summary>
public sealed class MerkleTree(IHashStore hashes)
{
    /// <summary>Hashes that the store of a tree of <paramref name="size"/> leaves holds.</summary>
    public static long NodeCount(long size) => (2 * size) - BitOperations.PopCount((ulong)size);

    public long Size { get; private set; } = SizeOf(hashes.Count);

    public void Append(ReadOnlySpan<byte> leafHash)
    {
        var index = Size;
        hashes.Append(leafHash);
        var hash = leafHash.ToArray();
        for (var level = 0; ((index >> level) & 1) == 1; level++)
        {
            hash = MerkleProof.NodeHash(Node(level, (index >> level) - 1), hash);
            hashes.Append(hash);
        }

        Size++;
    }

    public byte[] LeafHash(long index) => Node(0, Within(index, Size - 1));

    /// <summary>The perfect subtree over the 2^<paramref name="level"/> leaves from <paramref name="index"/>·2^<paramref name="level"/> on.</summary>
    /// <param name="level">0 (a leaf) to 62.</param>
    public byte[] Subtree(int level, long index) => Node(level, Within(index, (Size >> (int)Within(level, 62)) - 1));

    /// <summary>The root that the tree had at that size.</summary>
    public byte[] Root(long size) => Within(size, Size) == 0 ? MerkleProof.EmptyRoot() : Range(0, size);

    /// <summary>Proof that the leaf stands in the tree of that size (RFC 6962 §2.1.1).</summary>
    public IReadOnlyList<byte[]> InclusionProof(long index, long size)
    {
        Within(size, Size);
        Within(index, size - 1);
        var proof = new List<byte[]>();
        AddPath(index, 0, size, proof);
        return proof;
    }

    /// <summary>Proof that the tree of size <paramref name="to"/> begins with the one of size <paramref name="from"/> (RFC 6962 §2.1.2).</summary>
    public IReadOnlyList<byte[]> ConsistencyProof(long from, long to)
    {
        Within(to, Size);
        Within(from, to);
        var proof = new List<byte[]>();
        if (from > 0 && from < to)
        {
            AddSubproof(from, 0, to, isWhole: true, proof);
        }

        return proof;
    }

    private static long SizeOf(long nodes)
    {
        var size = 0L;
        for (var perfect = 1L << 61; perfect > 0; perfect >>= 1)
        {
            if (NodeCount(size + perfect) <= nodes)
            {
                size += perfect;
            }
        }

        return NodeCount(size) == nodes ? size : throw new InvalidOperationException($"{nodes} hashes are those of no tree");
    }

    private static long Within(long value, long limit) =>
        value >= 0 && value <= limit ? value : throw new ArgumentOutOfRangeException(nameof(value), value, $"not within 0..{limit}");

    private void AddPath(long index, long start, long size, List<byte[]> proof)
    {
        if (size == 1)
        {
            return;
        }

        var left = SplitOf(size);
        if (index < left)
        {
            AddPath(index, start, left, proof);
            proof.Add(Range(start + left, size - left));
        }
        else
        {
            AddPath(index - left, start + left, size - left, proof);
            proof.Add(Range(start, left));
        }
    }

    private void AddSubproof(long old, long start, long size, bool isWhole, List<byte[]> proof)
    {
        if (old == size)
        {
            if (!isWhole)
            {
                proof.Add(Range(start, size));
            }

            return;
        }

        var left = SplitOf(size);
        if (old <= left)
        {
            AddSubproof(old, start, left, isWhole, proof);
            proof.Add(Range(start + left, size - left));
        }
        else
        {
            AddSubproof(old - left, start + left, size - left, isWhole: false, proof);
            proof.Add(Range(start, left));
        }
    }

    /// <summary>The hash over <paramref name="size"/> leaves from <paramref name="start"/>, a start that RFC 6962's splits lead to.</summary>
    private byte[] Range(long start, long size)
    {
        if (BitOperations.IsPow2(size))
        {
            var level = BitOperations.Log2((ulong)size);
            return Node(level, start >> level);
        }

        var left = SplitOf(size);
        return MerkleProof.NodeHash(Range(start, left), Range(start + left, size - left));
    }

    /// <summary>The perfect subtree number <paramref name="index"/> of that level: stored after everything up to its last leaf's predecessors.</summary>
    private byte[] Node(int level, long index) => hashes.Read(NodeCount(((index + 1) << level) - 1) + level);

    /// <summary>The largest power of two below the size.</summary>
    private static long SplitOf(long size) => 1L << BitOperations.Log2((ulong)(size - 1));
}
