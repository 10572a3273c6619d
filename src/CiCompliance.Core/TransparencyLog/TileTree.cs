using System.Collections.Concurrent;
using System.Numerics;

namespace CiCompliance.TransparencyLog;

/// <summary>
/// Proofs in the tree of <paramref name="size"/> leaves, made from tiles. Each tile is fetched once. Nothing here is believed: what comes out is a claim
/// that <see cref="MerkleProof"/> checks against a signed root.
/// </summary>
internal sealed class TileTree(long size, Func<Tile, Task<byte[]>> fetch)
{
    private readonly ConcurrentDictionary<(int Level, long Index), Lazy<Task<byte[]>>> tiles = new();

    /// <summary>
    /// PATH(index, D[0:size]), RFC 6962 §2.1.1; of a whole subtree of 2^<paramref name="height"/> leaves the path of its hash among those of all such subtrees, the last one cut
    /// off by the tree's end.
    /// </summary>
    public async Task<IReadOnlyList<byte[]>> InclusionProofAsync(long index, int height = 0)
    {
        var ranges = new List<(long Begin, long End)>();
        var (begin, end, first) = (0L, size, index << height);
        while (end - begin > 1L << height)
        {
            var middle = begin + LargestPowerBelow(end - begin);
            ranges.Add(first < middle ? (middle, end) : (begin, middle));
            (begin, end) = first < middle ? (begin, middle) : (middle, end);
        }

        ranges.Reverse();
        return await HashesAsync(ranges);
    }

    /// <summary>PROOF(oldSize, D[0:size]), RFC 6962 §2.1.2.</summary>
    public async Task<IReadOnlyList<byte[]>> ConsistencyProofAsync(long oldSize)
    {
        var ranges = new List<(long Begin, long End)>();
        if (oldSize > 0 && oldSize < size)
        {
            var begin = 0L;
            var end = size;
            while (oldSize != end)
            {
                var middle = begin + LargestPowerBelow(end - begin);
                if (oldSize <= middle)
                {
                    ranges.Add((middle, end));
                    end = middle;
                }
                else
                {
                    ranges.Add((begin, middle));
                    begin = middle;
                }
            }

            if (begin != 0)
            {
                ranges.Add((begin, end));
            }
        }

        ranges.Reverse();
        return await HashesAsync(ranges);
    }

    /// <summary>The hash of one leaf.</summary>
    public Task<byte[]> LeafAsync(long index) => PerfectAsync(0, index);

    /// <summary>MTH(D[0:count]) for a count up to the tree's own, RFC 6962 §2.1.</summary>
    public Task<byte[]> RootAsync(long count) => count == 0 ? Task.FromResult(MerkleProof.EmptyRoot()) : RangeAsync(0, count);

    /// <summary>The hash over a row of hashes, which are 1, 2, 4 … 256.</summary>
    public static byte[] RootOf(ReadOnlySpan<byte> hashes)
    {
        var half = hashes.Length / 2;
        return hashes.Length == MerkleProof.HashSize ? hashes.ToArray() : MerkleProof.NodeHash(RootOf(hashes[..half]), RootOf(hashes[half..]));
    }

    private async Task<IReadOnlyList<byte[]>> HashesAsync(List<(long Begin, long End)> ranges)
    {
        var hashes = new byte[ranges.Count][];
        for (var i = 0; i < hashes.Length; i++)
        {
            hashes[i] = await RangeAsync(ranges[i].Begin, ranges[i].End);
        }

        return hashes;
    }

    private async Task<byte[]> RangeAsync(long begin, long end)
    {
        if (BitOperations.IsPow2(end - begin))
        {
            return await PerfectAsync(BitOperations.Log2((ulong)(end - begin)), begin);
        }

        var middle = begin + LargestPowerBelow(end - begin);
        var left = await RangeAsync(begin, middle);
        var right = await RangeAsync(middle, end);
        return MerkleProof.NodeHash(left, right);
    }

    private async Task<byte[]> PerfectAsync(int height, long begin)
    {
        var level = height / 8;
        var within = height % 8;
        var first = begin >> (8 * level);
        var tile = await TileAsync(level, first / Tile.FullWidth);
        var offset = (int)(first % Tile.FullWidth);
        return RootOf(tile.AsSpan(offset * MerkleProof.HashSize, MerkleProof.HashSize << within));
    }

    private Task<byte[]> TileAsync(int level, long index)
    {
        var width = (int)Math.Min(Tile.FullWidth, (size >> (8 * level)) - (index * Tile.FullWidth));
        return tiles.GetOrAdd((level, index), _ => new(() => fetch(new(level, index, width)))).Value;
    }

    private static long LargestPowerBelow(long count) => 1L << BitOperations.Log2((ulong)(count - 1));
}
