namespace CiCompliance.Source;

/// <summary>
/// The commits reachable from HEAD and not from the base, found from the commit objects alone, newest first by their dates. Dates only
/// steer the search: where they lie, a commit that the base already holds may be taken in (and verified once more), never one left out.
/// Memory holds ids and links for each commit seen; the objects are read again where they don't fit a fixed cache.
/// </summary>
public sealed class CommitWalk
{
    public const int MaxCommitBytes = 1 << 20;
    public const int MaxCommits = 1_000_000;
    private const long CacheBytes = 32 << 20;

    private readonly IGitRepository repository;
    private readonly Dictionary<string, Node> nodes = new(StringComparer.Ordinal);
    private readonly PriorityQueue<Node, (long, int)> queue = new();
    private readonly string head;
    private readonly string? baseCommit;
    private int wantedInQueue;
    private long oldestWanted = long.MaxValue;
    private long cached;

    private CommitWalk(IGitRepository repository, string head, string? baseCommit)
    {
        this.repository = repository;
        this.head = head;
        this.baseCommit = baseCommit;
    }

    /// <summary>How many commits the range holds.</summary>
    public int Count { get; private set; }

    /// <summary>Whether a commit of the range has the base as its parent; true where there is no base.</summary>
    public bool ReachesBase { get; private set; }

    /// <param name="head">Id of the newest commit.</param>
    /// <param name="baseCommit">Id of the excluded start, another than <paramref name="head"/>; null for all history.</param>
    /// <exception cref="CiComplianceException">As <see cref="IGitRepository.Read"/>; a malformed commit is CIC1015.</exception>
    public static CommitWalk Run(IGitRepository repository, string head, string? baseCommit)
    {
        var walk = new CommitWalk(repository, head, baseCommit);
        walk.Search();
        var range = walk.nodes.Values.Where(node => !node.Excluded).ToList();
        walk.Count = range.Count;
        walk.ReachesBase = baseCommit is null || range.Exists(node => node.Parents.Contains(baseCommit));
        return walk;
    }

    /// <summary>The commits of the range, children before parents.</summary>
    public IEnumerable<GitObject> Commits()
    {
        var children = new Dictionary<Node, int>();
        foreach (var parent in nodes.Values.Where(node => !node.Excluded).SelectMany(WantedParents))
        {
            children[parent] = children.GetValueOrDefault(parent) + 1;
        }

        var ready = new PriorityQueue<Node, (long, int)>();
        ready.Enqueue(nodes[head], default);
        while (ready.TryDequeue(out var node, out _))
        {
            yield return node.Raw is { } raw ? new GitObject(node.Oid, GitObjectType.Commit, raw) : repository.Read(node.Oid, MaxCommitBytes);
            node.Raw = null;
            foreach (var parent in WantedParents(node))
            {
                if (--children[parent] == 0)
                {
                    ready.Enqueue(parent, parent.Priority);
                }
            }
        }
    }

    /// <summary>
    /// Where parents of the range lie outside it and aren't the base: the commits from the base down to each of them, so that all are seen
    /// to be its ancestors. Each is the base or a parent of an earlier one; none comes twice.
    /// </summary>
    /// <param name="withBase">Whether the base comes also where nothing else does: its tree is what the range's first commits are compared with.</param>
    public IEnumerable<GitObject> Ancestry(bool withBase)
    {
        var written = new HashSet<Node>();
        if (withBase && baseCommit is not null)
        {
            written.Add(nodes[baseCommit]);
            yield return repository.Read(baseCommit, MaxCommitBytes);
        }

        var path = new Stack<Node>();
        foreach (var boundary in nodes.Values.Where(node => !node.Excluded).SelectMany(node => node.Parents)
            .Where(parent => parent != baseCommit).Select(parent => nodes[parent]).Where(node => node.Excluded))
        {
            for (var node = boundary; node is not null && !written.Contains(node); node = node.Via)
            {
                path.Push(node);
            }

            while (path.TryPop(out var node))
            {
                written.Add(node);
                yield return repository.Read(node.Oid, MaxCommitBytes);
            }
        }
    }

    private IEnumerable<Node> WantedParents(Node node) => node.Parents.Select(parent => nodes[parent]).Where(parent => !parent.Excluded);

    private void Search()
    {
        if (baseCommit is not null)
        {
            Enqueue(baseCommit, excludedVia: null, excluded: true);
        }

        Enqueue(head, excludedVia: null, excluded: false);

        // Below the oldest wanted commit nothing is left that could turn out to be the base's own.
        while (wantedInQueue > 0 || (queue.TryPeek(out var top, out _) && top.Date >= oldestWanted))
        {
            var node = queue.Dequeue();
            node.Queued = false;
            if (!node.Excluded)
            {
                wantedInQueue--;
                oldestWanted = Math.Min(oldestWanted, node.Date);
            }

            foreach (var parent in node.Parents)
            {
                if (!nodes.TryGetValue(parent, out var known))
                {
                    Enqueue(parent, node.Excluded ? node : null, node.Excluded);
                }
                else if (node.Excluded)
                {
                    Exclude(known, node);
                }
            }
        }
    }

    private void Enqueue(string oid, Node? excludedVia, bool excluded)
    {
        if (nodes.Count == MaxCommits)
        {
            throw SourceFailures.TooLarge($"commit {head}", new($"its history has more than {MaxCommits} commits", $"其历史超过 {MaxCommits} 个提交"));
        }

        var raw = repository.Read(oid, MaxCommitBytes);
        var commit = Parse(raw);
        var node = new Node(oid, [.. commit.Parents], commit.CommittedAt?.ToUnixTimeSeconds() ?? 0, nodes.Count)
        {
            Excluded = excluded,
            Via = excludedVia,
        };
        if (!excluded)
        {
            wantedInQueue++;
            if ((cached += raw.Raw.Length) <= CacheBytes)
            {
                node.Raw = raw.Raw;
            }
        }

        nodes.Add(oid, node);
        queue.Enqueue(node, node.Priority);
    }

    private void Exclude(Node first, Node via)
    {
        var pending = new Stack<(Node Node, Node Via)>([(first, via)]);
        while (pending.TryPop(out var next))
        {
            var node = next.Node;
            if (node.Excluded)
            {
                continue;
            }

            node.Excluded = true;
            node.Via = next.Via;
            node.Raw = null;
            if (node.Queued)
            {
                wantedInQueue--;
                continue;
            }

            foreach (var parent in node.Parents)
            {
                pending.Push((nodes[parent], node));
            }
        }
    }

    internal static CommitObject Parse(GitObject raw)
    {
        try
        {
            return raw.Type == GitObjectType.Commit ? CommitObject.Parse(raw.Raw) : throw new FormatException($"it is a {raw.Type}");
        }
        catch (FormatException e)
        {
            throw SourceFailures.Malformed($"commit {raw.Oid}", e.Message);
        }
    }

    private sealed class Node(string oid, string[] parents, long date, int order)
    {
        public string Oid { get; } = oid;

        public string[] Parents { get; } = parents;

        public long Date { get; } = date;

        public (long, int) Priority => (-Date, order);

        public bool Queued { get; set; } = true;

        public bool Excluded { get; set; }

        /// <summary>The child through which the base reaches this commit.</summary>
        public Node? Via { get; set; }

        public byte[]? Raw { get; set; }
    }
}
