using CiCompliance.TransparencyLog;

namespace CiCompliance.Core.Tests.TransparencyLog;

public sealed class MerkleTreeTests
{
    private const int Largest = 40;

    private static readonly byte[][] Leaves =
        [.. Enumerable.Range(0, Largest).Select(i => MerkleProof.LeafHash([(byte)i]))];

    [Test]
    public void Root_AtEverySize_IsTheOneOfTheDefinition()
    {
        var tree = TreeOf(Largest);

        for (var size = 0; size <= Largest; size++)
        {
            tree.Root(size).ShouldBe(Definition(Leaves.AsSpan(0, size)));
        }
    }

    [Test]
    public void InclusionProof_OfEveryLeafAtEverySize_LeadsToTheRoot()
    {
        var tree = TreeOf(Largest);
        for (var size = 1; size <= Largest; size++)
        {
            for (var index = 0; index < size; index++)
            {
                var proof = tree.InclusionProof(index, size);

                MerkleProof.ProvesInclusion(index, size, Leaves[index], proof, tree.Root(size)).ShouldBeTrue();
            }
        }
    }

    [Test]
    public void ProvesInclusion_WhenIndexSizeLeafOrProofIsAnother_IsFalse()
    {
        var tree = TreeOf(Largest);
        for (var size = 1; size <= 17; size++)
        {
            for (var index = 0; index < size; index++)
            {
                var proof = tree.InclusionProof(index, size);
                var root = tree.Root(size);
                for (var claimed = -1; claimed <= 20; claimed++)
                {
                    if (claimed != index)
                    {
                        MerkleProof.ProvesInclusion(claimed, size, Leaves[index], proof, root).ShouldBeFalse();
                    }

                    if (claimed < index || PathShape(index, claimed) != PathShape(index, size))
                    {
                        MerkleProof.ProvesInclusion(index, claimed, Leaves[index], proof, root).ShouldBeFalse();
                    }
                }

                MerkleProof.ProvesInclusion(index, size, Leaves[index + 1], proof, root).ShouldBeFalse();
                MerkleProof.ProvesInclusion(index, size, Leaves[index], [.. proof, root], root).ShouldBeFalse();
                MerkleProof.ProvesInclusion(index, size, Leaves[index], [.. proof.Skip(1)], root).ShouldBe(proof.Count == 0);
            }
        }
    }

    [TestCase(3)]
    [TestCase(4)]
    [TestCase(8)]
    public void ProvesInclusion_WhenATwoLeafProofClaimsALargerTree_IsFalse(long size)
    {
        var tree = TreeOf(2);

        MerkleProof.ProvesInclusion(0, size, Leaves[0], tree.InclusionProof(0, 2), tree.Root(2)).ShouldBeFalse();
    }

    [Test]
    public void ConsistencyProof_BetweenAllSizes_HoldsAndOnlyForThose()
    {
        var tree = TreeOf(Largest);
        for (var to = 0; to <= Largest; to++)
        {
            for (var from = 0; from <= to; from++)
            {
                var proof = tree.ConsistencyProof(from, to);
                var (oldRoot, newRoot) = (tree.Root(from), tree.Root(to));

                MerkleProof.ProvesConsistency(from, to, oldRoot, newRoot, proof).ShouldBeTrue();
                MerkleProof.ProvesConsistency(from, to, oldRoot, newRoot, [.. proof, new byte[32]]).ShouldBeFalse();
                if (from < to)
                {
                    MerkleProof.ProvesConsistency(from + 1, to, oldRoot, newRoot, proof).ShouldBeFalse();
                    MerkleProof.ProvesConsistency(to, from, newRoot, oldRoot, proof).ShouldBeFalse();
                }

                if (from > 0 && proof.Count > 0)
                {
                    MerkleProof.ProvesConsistency(from, to, new byte[32], newRoot, proof).ShouldBeFalse();
                    MerkleProof.ProvesConsistency(from, to, oldRoot, new byte[32], proof).ShouldBeFalse();
                    MerkleProof.ProvesConsistency(from, to, oldRoot, newRoot, [.. proof.Skip(1)]).ShouldBeFalse();
                    MerkleProof.ProvesConsistency(from, to, oldRoot, newRoot, [new byte[32], .. proof.Skip(1)]).ShouldBeFalse();
                }
            }
        }
    }

    [Test]
    public void RootFromInclusion_WhenHashesAreShortOrTooMany_IsNull()
    {
        MerkleProof.RootFromInclusion(0, 2, Leaves[0], [new byte[31]]).ShouldBeNull();
        MerkleProof.RootFromInclusion(0, 1, new byte[20], []).ShouldBeNull();
        MerkleProof.RootFromInclusion(0, long.MaxValue, Leaves[0], [.. Enumerable.Repeat(Leaves[0], 64)]).ShouldBeNull();
    }

    [Test]
    public void Size_WhenTheStoreHoldsATree_IsReadBack()
    {
        var store = new MemoryStore();
        var tree = new MerkleTree(store);
        for (var size = 0; size < Largest; size++)
        {
            new MerkleTree(store).Size.ShouldBe(size);
            store.Count.ShouldBe(MerkleTree.NodeCount(size));
            tree.Append(Leaves[size]);
        }
    }

    private static MerkleTree TreeOf(int size)
    {
        var tree = new MerkleTree(new MemoryStore());
        for (var i = 0; i < size; i++)
        {
            tree.Append(Leaves[i]);
        }

        return tree;
    }

    /// <summary>RFC 6962 §2.1, word for word.</summary>
    private static byte[] Definition(ReadOnlySpan<byte[]> leaves)
    {
        if (leaves.Length <= 1)
        {
            return leaves.Length == 0 ? MerkleProof.EmptyRoot() : leaves[0];
        }

        var k = 1;
        while (k * 2 < leaves.Length)
        {
            k *= 2;
        }

        return MerkleProof.NodeHash(Definition(leaves[..k]), Definition(leaves[k..]));
    }

    /// <summary>Sides on which a leaf's path meets its siblings: sizes that share it can't be told apart by a proof.</summary>
    private static string PathShape(long index, long size)
    {
        if (size <= 1)
        {
            return "";
        }

        var k = 1L;
        while (k * 2 < size)
        {
            k *= 2;
        }

        return index < k ? PathShape(index, k) + "L" : PathShape(index - k, size - k) + "R";
    }

    private sealed class MemoryStore : IHashStore
    {
        private readonly List<byte[]> hashes = [];

        public long Count => hashes.Count;

        public byte[] Read(long position) => hashes[(int)position];

        public void Append(ReadOnlySpan<byte> hash) => hashes.Add(hash.ToArray());
    }
}
