using CiCompliance.Server.Hosting;

namespace CiCompliance.Server.Search;

/// <summary>
/// Finds leaves of a log by keys with little memory: sorted runs on the disk, and the youngest leaves in memory. It follows
/// from the leaves: a run that is missing or damaged is made again from them, and after a crash that is the youngest part only
/// (docs/decisions/0015). Until then a look-up that needs what is damaged is refused: it never takes an entry for one that is not there.
/// One thread adds; any may look up.
/// </summary>
internal sealed class LeafIndex : IDisposable
{
    /// <summary>Entries of the smallest run; at most some of these are read again when the log is opened.</summary>
    public const int TailEntries = 1 << 14;

    private const int FanIn = 4;
    private const int MaxFrozen = 3;

    private static readonly TimeSpan BetweenRepairs = TimeSpan.FromSeconds(10);

    private readonly IIndexedLeaves leaves;
    private readonly string folder;
    private readonly ServerEvents events;
    private readonly int tailEntries;
    private readonly Lock gate = new();
    private readonly CancellationTokenSource stopping = new();
    private volatile State state;
    private Task writing = Task.CompletedTask;
    private Task repairing = Task.CompletedTask;
    private long noRepairBefore;

    private LeafIndex(IIndexedLeaves leaves, string folder, IReadOnlyList<IndexRun> runs, ServerEvents events, int tailEntries)
    {
        this.tailEntries = tailEntries;
        this.events = events;
        this.leaves = leaves;
        this.folder = folder;
        state = new(new IndexTail(runs is [.., var last] ? last.To : 0), [], runs);
    }

    /// <summary>After the last entry that is in the index.</summary>
    public long To => state.Active.To;

    /// <summary>How many entries were read again to open it.</summary>
    public long Reread { get; private set; }

    /// <param name="folder">Made where it is missing.</param>
    /// <param name="events">Told of damage and its repair.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static LeafIndex Open(IIndexedLeaves leaves, string folder, ServerEvents events, CancellationToken cancellationToken, int tailEntries = TailEntries)
    {
        Directory.CreateDirectory(folder);
        var index = new LeafIndex(leaves, folder, RunFiles.Open(folder, leaves), events, tailEntries);
        var from = index.To;
        index.CatchUp(cancellationToken);
        index.Reread = index.To - from;
        return index;
    }

    /// <summary>Takes in what the log holds beyond the index.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void CatchUp(CancellationToken cancellationToken)
    {
        for (var entry = To; entry < leaves.Size; entry++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            MakeRoom();
            Add(entry, leaves.KeysOf(entry));
        }
    }

    /// <summary>Waits where runs are written more slowly than entries come, so that memory stays bounded.</summary>
    /// <exception cref="IOException">They cannot be written at all.</exception>
    public void MakeRoom()
    {
        while (state.Frozen.Count >= MaxFrozen)
        {
            StartWriting().GetAwaiter().GetResult();
        }
    }

    /// <summary>Never fails: what was logged is found even where no run can be written. <see cref="MakeRoom"/> comes before the append.</summary>
    public void Add(long entry, ulong[] keys)
    {
        var now = state;
        now.Active.Add(entry, keys);
        if (now.Active.To - now.Active.From >= tailEntries)
        {
            lock (gate)
            {
                state = new(new IndexTail(now.Active.To), [.. now.Frozen, now.Active], state.Runs);
            }

            _ = StartWriting();
        }
    }

    public void Dispose()
    {
        stopping.Cancel();
        // In this order: a repair lets runs be written at its end, and none begins now.
        End(() => repairing);
        End(() => writing);
        foreach (var run in state.Runs)
        {
            run.Dispose();
        }

        stopping.Dispose();
    }

    private void End(Func<Task> of)
    {
        Task pending;
        lock (gate)
        {
            pending = of();
        }

        pending.ContinueWith(_ => { }, TaskScheduler.Default).GetAwaiter().GetResult();
    }

    /// <summary>Leaves that may have that key, youngest first: candidates, for two keys may be one.</summary>
    /// <param name="from">Leaves before this one need not be looked at.</param>
    /// <exception cref="UnavailableException">What tells is damaged, and is being made again.</exception>
    public IReadOnlyList<long> Find(ulong key, long from = 0, int limit = int.MaxValue)
    {
        var found = new List<long>();
        var now = state;
        now.Active.Find(key, found, limit);
        for (var i = now.Frozen.Count - 1; i >= 0 && now.Frozen[i].To > from && found.Count < limit; i--)
        {
            now.Frozen[i].Find(key, found, limit);
        }

        for (var i = now.Runs.Count - 1; i >= 0 && now.Runs[i].To > from && found.Count < limit; i--)
        {
            if (!now.Runs[i].TryFind(key, found, limit))
            {
                StartRepair();
                throw new UnavailableException("index-damaged", "a part of the search index is damaged and is being made again");
            }
        }

        // An entry of an append that is still under way.
        var size = leaves.Size;
        found.RemoveAll(entry => entry < 0 || entry >= size);
        return found;
    }

    private Task StartWriting()
    {
        lock (gate)
        {
            return writing = writing.IsCompleted ? Task.Run(WriteRuns) : writing;
        }
    }

    private void WriteRuns()
    {
        do
        {
            if (state.Frozen is [var oldest, ..])
            {
                var run = IndexRun.Write(folder, oldest.From, oldest.To, leaves.Root(oldest.To), oldest.Sorted());
                lock (gate)
                {
                    state = new(state.Active, [.. state.Frozen.Skip(1)], [.. state.Runs, run]);
                }
            }

            MergeRuns();
        }
        while (state.Frozen.Count > 0);
    }

    private void MergeRuns()
    {
        while (RunFiles.ToMerge(state.Runs, FanIn) is { Count: > 1 } old && !old.Any(run => run.IsDamaged))
        {
            IndexRun merged;
            try
            {
                merged = RunFiles.Merge(folder, old);
            }
            catch (IOException) when (old.Any(run => run.IsDamaged))
            {
                // Merged as they are once the damaged one has been made again.
                StartRepair();
                return;
            }

            lock (gate)
            {
                state = state with { Runs = [.. state.Runs.SkipLast(old.Count), merged] };
            }

            // A look-up may still be reading them: their handles go with the last reference, the files now.
            foreach (var run in old)
            {
                File.Delete(run.Path);
            }
        }
    }

    private void StartRepair()
    {
        lock (gate)
        {
            if (repairing.IsCompleted && Environment.TickCount64 >= noRepairBefore && !stopping.IsCancellationRequested)
            {
                repairing = Task.Run(Repair);
            }
        }
    }

    private void Repair()
    {
        try
        {
            while (state.Runs.FirstOrDefault(run => run.IsDamaged) is { } damaged)
            {
                events.Write("index-damaged", ("file", damaged.Path), ("entries", damaged.To - damaged.From));
                Replace(damaged, RunFiles.Rebuild(folder, leaves, damaged, tailEntries, FanIn, stopping.Token));
                events.Write("index-repaired", ("file", damaged.Path));
            }

            _ = StartWriting();
        }
#pragma warning disable CA1031 // Whatever went wrong, look-ups that need the damaged part stay refused, and the next one lets it be tried again.
        catch (Exception e)
#pragma warning restore CA1031
        {
            lock (gate)
            {
                noRepairBefore = Environment.TickCount64 + (long)BetweenRepairs.TotalMilliseconds;
            }

            if (e is not OperationCanceledException)
            {
                events.Error(e);
            }
        }
    }

    private void Replace(IndexRun damaged, IndexRun rebuilt)
    {
        lock (gate)
        {
            if (state.Runs.Contains(damaged))
            {
                state = state with { Runs = [.. state.Runs.Select(run => run == damaged ? rebuilt : run)] };
                return;
            }
        }

        // Merged meanwhile, from blocks that were whole when they were read.
        rebuilt.Dispose();
        File.Delete(rebuilt.Path);
    }

    private sealed record State(IndexTail Active, IReadOnlyList<IndexTail> Frozen, IReadOnlyList<IndexRun> Runs);
}
