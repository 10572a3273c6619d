using System.Runtime.InteropServices;

namespace CiCompliance.Source;

/// <summary>Commits by number, with what <see cref="CommitWalk"/> needs of each in about a hundred bytes. Numbers are given in the order of naming.</summary>
internal sealed class CommitGraph
{
    private readonly Dictionary<GitOid, int> numbers = [];
    private readonly List<Node> nodes = [];
    private readonly List<int> parents = [];

    public int Count => nodes.Count;

    public ref Node this[int number] => ref CollectionsMarshal.AsSpan(nodes)[number];

    /// <summary>The number of a commit, a new one where it has none.</summary>
    public int NumberOf(string oid)
    {
        var key = GitOid.Parse(oid);
        ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(numbers, key, out var exists);
        if (!exists)
        {
            number = nodes.Count;
            nodes.Add(new Node { Oid = key, Via = -1 });
        }

        return number;
    }

    /// <summary>-1 where it has none.</summary>
    public int Find(string oid) => numbers.TryGetValue(GitOid.Parse(oid), out var number) ? number : -1;

    public void SetParents(int number, IReadOnlyList<string> oids)
    {
        var first = parents.Count;
        foreach (var oid in oids)
        {
            parents.Add(NumberOf(oid));
        }

        ref var node = ref this[number];
        (node.FirstParent, node.ParentCount) = (first, oids.Count);
    }

    /// <summary>Not to be kept over <see cref="SetParents"/>.</summary>
    public ReadOnlySpan<int> ParentsOf(int number)
    {
        ref var node = ref this[number];
        return CollectionsMarshal.AsSpan(parents).Slice(node.FirstParent, node.ParentCount);
    }

    internal struct Node
    {
        public GitOid Oid;
        public long Date;
        public int FirstParent;
        public int ParentCount;

        /// <summary>The child through which the base reaches this commit; -1: none.</summary>
        public int Via;

        public bool IsRead;
        public bool IsQueued;
        public bool IsExcluded;
    }
}
