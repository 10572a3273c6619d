namespace CiCompliance.Source;

/// <summary>
/// The commits reachable from HEAD and not from the base, found from the commit objects alone, newest first by their dates. Dates only
/// steer the search: where they lie, a commit that the base already holds may be taken in (and verified once more), never one left out.
/// Memory holds about fifty bytes for each commit seen; the objects are read again where they don't fit a small cache.
/// </summary>
public sealed class CommitWalk
{
    public const int MaxCommitBytes = 1 << 20;
    public const int MaxCommits = 1_000_000;
    private const long CacheBytes = 2 << 20;

    private readonly IGitRepository repository;
    private readonly CommitGraph graph;
    private readonly PriorityQueue<int, (long, int)> queue = new();
    private readonly Dictionary<int, byte[]> cache = [];
    private readonly int head;
    private readonly int start;
    private int wantedInQueue;
    private long oldestWanted = long.MaxValue;
    private long cached;
    private int read;

    private CommitWalk(IGitRepository repository, string head, string? baseCommit)
    {
        this.repository = repository;
        graph = new CommitGraph(repository.Format);
        start = baseCommit is null ? -1 : graph.NumberOf(baseCommit);
        this.head = graph.NumberOf(head);
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
        walk.Count = walk.Range().Count();
        walk.ReachesBase = baseCommit is null || walk.Range().Any(node => walk.graph.ParentsOf(node).Contains(walk.start));
        return walk;
    }

    /// <summary>The commits of the range, children before parents.</summary>
    public IEnumerable<GitObject> Commits()
    {
        var children = new int[graph.Count];
        foreach (var parent in Range().SelectMany(WantedParents))
        {
            children[parent]++;
        }

        var ready = new PriorityQueue<int, (long, int)>();
        ready.Enqueue(head, default);
        while (ready.TryDequeue(out var node, out _))
        {
            yield return cache.Remove(node, out var raw) ? new GitObject(OidOf(node), GitObjectType.Commit, raw) : Read(node);
            foreach (var parent in WantedParents(node))
            {
                if (--children[parent] == 0)
                {
                    ready.Enqueue(parent, Priority(parent));
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
        var written = new HashSet<int>();
        if (withBase && start >= 0)
        {
            written.Add(start);
            yield return Read(start);
        }

        var path = new Stack<int>();
        foreach (var boundary in Range().SelectMany(node => graph.ParentsOf(node)).Where(parent => parent != start && graph[parent].IsExcluded))
        {
            for (var node = boundary; node >= 0 && !written.Contains(node); node = graph[node].Via)
            {
                path.Push(node);
            }

            while (path.TryPop(out var node))
            {
                written.Add(node);
                yield return Read(node);
            }
        }
    }

    private IEnumerable<int> Range() => Enumerable.Range(0, graph.Count).Where(node => graph[node] is { IsRead: true, IsExcluded: false });

    private int[] WantedParents(int node) => [.. graph.ParentsOf(node).Where(parent => !graph[parent].IsExcluded)];

    private string OidOf(int node) => graph.OidOf(node);

    private GitObject Read(int node) => repository.Read(OidOf(node), MaxCommitBytes);

    private (long, int) Priority(int node) => (-graph[node].Date, node);

    private void Search()
    {
        if (start >= 0)
        {
            Enqueue(start, via: -1, excluded: true);
        }

        Enqueue(head, via: -1, excluded: false);

        // Below the oldest wanted commit nothing is left that could turn out to be the base's own.
        while (wantedInQueue > 0 || (queue.TryPeek(out var top, out _) && graph[top].Date >= oldestWanted))
        {
            var number = queue.Dequeue();
            graph[number].IsQueued = false;
            var isExcluded = graph[number].IsExcluded;
            if (!isExcluded)
            {
                wantedInQueue--;
                oldestWanted = Math.Min(oldestWanted, graph[number].Date);
            }

            foreach (var parent in graph.ParentsOf(number))
            {
                if (!graph[parent].IsRead)
                {
                    Enqueue(parent, isExcluded ? number : -1, isExcluded);
                }
                else if (isExcluded)
                {
                    Exclude(parent, number);
                }
            }
        }
    }

    private void Enqueue(int number, int via, bool excluded)
    {
        if (read++ == MaxCommits)
        {
            throw SourceFailures.TooLarge($"commit {OidOf(head)}", new($"its history has more than {MaxCommits} commits", $"其历史超过 {MaxCommits} 个提交"));
        }

        var raw = Read(number);
        var commit = Parse(raw);
        if (commit.Parents.Any(parent => !GitObjectId.IsValid(parent, repository.Format)))
        {
            throw SourceFailures.Malformed($"commit {raw.Oid}", "its parents' ids are of another format");
        }

        graph.SetParents(number, commit.Parents);
        ref var node = ref graph[number];
        (node.Date, node.IsRead, node.IsQueued, node.IsExcluded, node.Via) = (commit.CommittedAt?.ToUnixTimeSeconds() ?? 0, true, true, excluded, via);
        if (!excluded)
        {
            wantedInQueue++;
            if ((cached += raw.Raw.Length) <= CacheBytes)
            {
                cache.Add(number, raw.Raw);
            }
        }

        queue.Enqueue(number, Priority(number));
    }

    private void Exclude(int first, int via)
    {
        var pending = new Stack<(int Node, int Via)>([(first, via)]);
        while (pending.TryPop(out var next))
        {
            ref var node = ref graph[next.Node];
            if (node.IsExcluded)
            {
                continue;
            }

            (node.IsExcluded, node.Via) = (true, next.Via);
            cache.Remove(next.Node);
            if (node.IsQueued)
            {
                wantedInQueue--;
                continue;
            }

            foreach (var parent in graph.ParentsOf(next.Node))
            {
                pending.Push((parent, next.Node));
            }
        }
    }

    internal static CommitObject Parse(GitObject raw)
    {
        try
        {
            return raw.Type == GitObjectType.Commit ? CommitObject.Parse(raw.Raw, GitObjectId.FormatOf(raw.Oid)) : throw new FormatException($"it is a {raw.Type}");
        }
        catch (FormatException e)
        {
            throw SourceFailures.Malformed($"commit {raw.Oid}", e.Message);
        }
    }
}
