using System.Globalization;
using System.Threading.Channels;
using CiCompliance.Server.Hosting;
using CiCompliance.Server.Log.Entries;
using CiCompliance.Server.Log.Search;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Server.Log.Sequencing;

/// <summary>
/// The one writer of the log. Entries that arrive while a batch is being written become the next batch: one write, one flush to the
/// disk and one checkpoint for all of them, before any is answered. The queue is bounded.
/// </summary>
internal sealed class LogSequencer : IDisposable
{
    public const int QueueLength = 8192;

    private const int MaxBatch = 1024;
    private const int MaxBatchBytes = 16 << 20;
    private const long MaxQueueBytes = 64 << 20;

    private static readonly TimeSpan BetweenRecoveries = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxAhead = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(2);

    private readonly LogStore store;
    private readonly EntryIndex index;
    private readonly LogMetrics metrics;
    private readonly ServerEvents events;
    private readonly TimeProvider clock;
    private readonly Channel<PendingEntry> queue = Channel.CreateBounded<PendingEntry>(new BoundedChannelOptions(QueueLength) { SingleReader = true });
    private readonly CancellationTokenSource stopping = new();
    private readonly Thread thread;
    private readonly TimeSpan patience;
    private long recoveredAt;
    private long queuedBytes;
    private volatile bool healthy = true;
    private bool toldOfClock;

    /// <param name="patience">How long stopping waits for the batches under way; null: 2 s, for the tool ends itself 8 s after it was told to stop, and requests have 5 of them.</param>
    public LogSequencer(LogStore store, EntryIndex index, LogMetrics metrics, ServerEvents events, TimeProvider clock, TimeSpan? patience = null)
    {
        this.patience = patience ?? StopPatience;
        this.store = store;
        this.index = index;
        this.metrics = metrics;
        this.events = events;
        this.clock = clock;
        thread = new Thread(Run) { IsBackground = true, Name = "log sequencer" };
        thread.Start();
    }

    /// <summary>
    /// Whether the last append worked, however long it took, and the next one would not be dated in the future. After one that failed it
    /// is true again when everything that failed has been tried anew and worked: it doesn't go to and fro while the cause lasts. Of a log
    /// that was found damaged, by a reader too, it stays false.
    /// </summary>
    public bool IsHealthy => healthy && !IsDamaged && !IsClockBehind;

    /// <summary>Whether the log was found damaged: nothing is appended until it has been opened again.</summary>
    public bool IsDamaged => store.IsDamaged;

    /// <summary>
    /// Whether the log's last entry is far in the clock's future: what is appended takes that time, and a promise from the future would
    /// be one. Either the clock is wrong, or it was when that entry was logged.
    /// </summary>
    public bool IsClockBehind => store.LastTime > clock.GetUtcNow() + MaxAhead;

    public int Queued => queue.Reader.Count;

    /// <summary>Logs an entry; completes when it is durable, or is known to be in the log already.</summary>
    /// <exception cref="UnavailableException">The queue is full, or the log cannot be written or is damaged.</exception>
    public Task<SequencedEntry> AppendAsync(EntryCandidate entry)
    {
        ThrowIfDamaged();

        // Looked up here, on the caller's thread; the sequencer only looks at what has come since.
        var size = index.To;
        if (index.FindLeaf(entry.LeafHash) is { } known)
        {
            return Task.FromResult(new SequencedEntry(known, 0, null));
        }

        var pending = new PendingEntry(entry, size);
        if (Interlocked.Add(ref queuedBytes, entry.Body.Length) <= MaxQueueBytes && queue.Writer.TryWrite(pending))
        {
            return pending.Task;
        }

        Interlocked.Add(ref queuedBytes, -entry.Body.Length);
        throw new UnavailableException("queue-full", "too many entries are waiting to be logged");
    }

    /// <summary>Whether nothing of it runs any more. Where a key does not answer, its thread still waits in a batch, and may yet write it.</summary>
    public bool HasEnded => !thread.IsAlive;

    /// <summary>Takes no more entries, logs those that wait, and ends. A key that does not answer is not waited for longer than the patience.</summary>
    public void Dispose()
    {
        queue.Writer.TryComplete();
        stopping.Cancel();
        if (thread.Join(patience))
        {
            stopping.Dispose();
        }
        else
        {
            events.Write("stop-incomplete", ("queued", (long)Queued));
        }
    }

    private void Run()
    {
        var batch = new List<PendingEntry>(MaxBatch);
        while (WaitForEntries())
        {
            var bytes = 0;
            while (batch.Count < MaxBatch && bytes < MaxBatchBytes && queue.Reader.TryRead(out var pending))
            {
                batch.Add(pending);
                bytes += pending.Entry.Body.Length;
            }

            Interlocked.Add(ref queuedBytes, -bytes);
            Log(batch);
            batch.Clear();
        }
    }

    /// <returns>False when there will be no more.</returns>
    private bool WaitForEntries()
    {
        while (true)
        {
            using var limit = healthy || IsDamaged ? null : new CancellationTokenSource(BetweenRecoveries, clock);
            try
            {
                return queue.Reader.WaitToReadAsync(limit?.Token ?? CancellationToken.None).AsTask().GetAwaiter().GetResult();
            }
            catch (OperationCanceledException)
            {
                TryRecover();
            }
        }
    }

    private void Log(List<PendingEntry> batch)
    {
        try
        {
            ThrowIfDamaged();
            if (!healthy && !TryRecover())
            {
                throw new UnavailableException("not-writable", "the log cannot be written");
            }

            CheckClock();
            index.MakeRoom();
            var (added, repeated) = Split(batch);
            if (added.Count > 0)
            {
                Append(added);
            }

            foreach (var (pending, entry) in repeated)
            {
                pending.Complete(new SequencedEntry(entry ?? index.FindLeaf(pending.Entry.LeafHash)!.Value, 0, null));
            }
        }
#pragma warning disable CA1031 // Whatever went wrong, every waiting request learns that its entry is not acknowledged, and the thread goes on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            if (healthy && e is not UnavailableException)
            {
                healthy = false;
                events.Error(e);
            }

            foreach (var pending in batch)
            {
                pending.Fail(e as UnavailableException ?? new UnavailableException("not-writable", "the log cannot be written"));
            }
        }
    }

    private void ThrowIfDamaged()
    {
        if (IsDamaged)
        {
            throw new UnavailableException("damaged", "the log is damaged");
        }
    }

    private void CheckClock()
    {
        if (!IsClockBehind)
        {
            toldOfClock = false;
            return;
        }

        if (!toldOfClock)
        {
            toldOfClock = true;
            events.Write("clock-behind", ("lastEntry", store.LastTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)));
        }

        throw new UnavailableException("clock-behind", "the log's last entry is in the future of this server's clock");
    }

    /// <summary>What is new, each leaf once, and what is in the log or earlier in the batch.</summary>
    private (List<PendingEntry> Added, List<(PendingEntry Pending, long? Entry)> Repeated) Split(List<PendingEntry> batch)
    {
        var added = new List<PendingEntry>(batch.Count);
        var repeated = new List<(PendingEntry, long?)>();
        var leaves = new HashSet<string>(batch.Count, StringComparer.Ordinal);
        foreach (var pending in batch)
        {
            if (index.FindLeaf(pending.Entry.LeafHash, pending.LookedUpTo) is { } known)
            {
                repeated.Add((pending, known));
            }
            else if (leaves.Add(Convert.ToHexStringLower(pending.Entry.LeafHash)))
            {
                added.Add(pending);
            }
            else
            {
                repeated.Add((pending, null));
            }
        }

        return (added, repeated);
    }

    private void Append(List<PendingEntry> added)
    {
        var logged = store.Append([.. added.Select(pending => pending.Entry.Body)], CancellationToken.None);
        var head = new LogHead(store, logged.Checkpoint);
        for (var i = 0; i < added.Count; i++)
        {
            index.Add(logged.First + i, added[i].Entry.Keys);
        }

        metrics.Appended(added.Count, logged.IntegratedTime);
        for (var i = 0; i < added.Count; i++)
        {
            added[i].Complete(new SequencedEntry(logged.First + i, logged.IntegratedTime, head));
        }
    }

    private bool TryRecover()
    {
        var now = clock.GetTimestamp();
        if (recoveredAt != 0 && clock.GetElapsedTime(recoveredAt, now) < BetweenRecoveries)
        {
            return false;
        }

        recoveredAt = now;
        try
        {
            if (store.TryRecover())
            {
                // What was whole on the disk is in the log now, though nobody was told so.
                index.CatchUp(stopping.Token);

                // The index may be what could not be written, and the next append needs its room.
                index.MakeRoom();
                healthy = true;
                events.Write("recovered", ("size", store.Checkpoint.Size));
            }
        }
#pragma warning disable CA1031 // Whatever went wrong, a key store that does not answer too: it is not recovered, and is tried again.
        catch (Exception e)
#pragma warning restore CA1031
        {
            events.Error(e);
        }

        return healthy;
    }
}
