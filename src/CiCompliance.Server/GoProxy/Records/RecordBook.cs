using System.Threading.Channels;
using CiCompliance.Go;
using CiCompliance.Go.Sumdb;
using CiCompliance.GoProxy;
using CiCompliance.GoProxy.Checksums;
using CiCompliance.Keys;
using CiCompliance.Server.Hosting;

namespace CiCompliance.Server.GoProxy.Records;

/// <summary>
/// The one writer of the proxy's own checksum database, and its look-ups. Records that arrive while a batch is being written become the next batch:
/// one flush and one tree head for all of them.
/// </summary>
internal sealed class RecordBook : IModuleRecords, IAsyncDisposable
{
    private const int MaxBatch = 1024;
    private const int QueueLength = 16 << 10;

    private static readonly TimeSpan BetweenRecoveries = TimeSpan.FromSeconds(1);

    private readonly SumdbStore store;
    private readonly RecordIndex index;
    private readonly ServerEvents events;
    private readonly TimeProvider clock;
    private readonly Channel<Pending> queue = Channel.CreateBounded<Pending>(new BoundedChannelOptions(QueueLength) { SingleReader = true });
    private readonly Task writing;
    private volatile bool healthy = true;

    /// <param name="events">Told when the database can't be written, and when it can again.</param>
    public RecordBook(SumdbStore store, RecordIndex index, ServerEvents events, TimeProvider clock)
    {
        this.store = store;
        this.index = index;
        this.events = events;
        this.clock = clock;
        writing = Task.Run(WriteAsync);
    }

    /// <param name="path">The proxy's folder.</param>
    /// <exception cref="CiComplianceException">CIC4001-CIC4003, CIC4006, CIC4007 or CIC7113.</exception>
    public static RecordBook Open(
        string path, ISigner key, ISigner? sm2, ISignatureVerifier verifier, ServerEvents events, TimeProvider clock, CancellationToken cancellationToken)
    {
        // Its lock keeps a second proxy out of the whole folder.
        var store = SumdbStore.Open(Path.Combine(path, GoProxyOptions.SumdbFolder), key, sm2, verifier, clock);
        try
        {
            return new(store, RecordIndex.Open(store, Path.Combine(path, "search"), events, cancellationToken), events, clock);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            store.Dispose();
            throw GoProxyDiagnostics.Unusable(path, e);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    public SumdbStore Store => store;

    /// <summary>Whether the last batch could be written, or after one that couldn't the next one can, and nothing was found damaged since.</summary>
    public bool IsHealthy => healthy && !store.IsDamaged;

    public SumdbRecord? Find(ModuleVersion module) => Lookup(module)?.Record;

    /// <summary>The number and text of a record.</summary>
    /// <exception cref="CiComplianceException">The database is damaged (CIC4001), or what finds records in it, which is being made again (CIC7113).</exception>
    public (long Id, SumdbRecord Record)? Lookup(ModuleVersion module)
    {
        try
        {
            return index.Find(module);
        }
        catch (UnavailableException e)
        {
            throw Unavailable(module, e);
        }
    }

    public async Task<SumdbRecord> RecordAsync(SumdbRecord record, CancellationToken cancellationToken)
    {
        if (Find(record.Module) is { } known)
        {
            return known;
        }

        var pending = new Pending(record);
        try
        {
            await queue.Writer.WriteAsync(pending, cancellationToken);
        }
        catch (ChannelClosedException e)
        {
            throw Unavailable(record.Module, e);
        }

        return await pending.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Takes no more records and ends when those that wait are written.</summary>
    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        try
        {
            await writing;
        }
        finally
        {
            index.Dispose();
            store.Dispose();
        }
    }

    private async Task WriteAsync()
    {
        var batch = new List<Pending>(MaxBatch);
        while (await WaitAsync())
        {
            while (batch.Count < MaxBatch && queue.Reader.TryRead(out var pending))
            {
                batch.Add(pending);
            }

            Write(batch);
            batch.Clear();
        }
    }

    /// <summary>
    /// Tries to recover while it waits: who is not ready is asked for nothing that would let it try. Damage lasts until the database is opened again.
    /// </summary>
    /// <returns>False when there will be no more.</returns>
    private async Task<bool> WaitAsync()
    {
        var more = queue.Reader.WaitToReadAsync().AsTask();
        while (!healthy && !store.IsDamaged && await Task.WhenAny(more, Task.Delay(BetweenRecoveries, clock)) != more)
        {
            TryRecover();
        }

        return await more;
    }

    private void TryRecover()
    {
        try
        {
            if (!store.TryRecover())
            {
                return;
            }

            // What was whole on the disk is in the database now, though whoever asked was told that it isn't: it must be found, or it would be recorded twice.
            index.CatchUp();
            index.MakeRoom();
            healthy = true;
            events.Write("recovered", ("records", store.Head.Size));
        }
#pragma warning disable CA1031 // Whatever went wrong, a key store that does not answer too: it is not recovered, and is tried again.
        catch (Exception e)
#pragma warning restore CA1031
        {
            events.Error(e);
        }
    }

    private void Write(List<Pending> batch)
    {
        try
        {
            if (!healthy)
            {
                TryRecover();
            }

            if (!healthy)
            {
                throw new IOException("it could not be written a moment ago");
            }

            index.MakeRoom();
            var added = new Dictionary<ModuleVersion, Pending>();
            var others = new List<Pending>();
            foreach (var pending in batch)
            {
                if (index.Find(pending.Record.Module) is { } known)
                {
                    pending.Complete(known.Record);
                }
                else if (!added.TryAdd(pending.Record.Module, pending))
                {
                    others.Add(pending);
                }
            }

            if (added.Count > 0)
            {
                var id = store.Append([.. added.Values.Select(pending => pending.Record)], CancellationToken.None);
                foreach (var pending in added.Values)
                {
                    index.Add(id++, pending.Record.Module);
                }
            }

            foreach (var pending in added.Values)
            {
                pending.Complete(pending.Record);
            }

            foreach (var pending in others)
            {
                pending.Complete(added[pending.Record.Module].Record);
            }
        }
#pragma warning disable CA1031 // Whatever went wrong, whoever waits learns that nothing is recorded, and the writer goes on.
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
                pending.Fail(e is CiComplianceException ? e : Unavailable(pending.Record.Module, e));
            }
        }
    }

    private static CiComplianceException Unavailable(ModuleVersion module, Exception cause) => new(GoProxyDiagnostics.StorageFailed, module.ToString(),
        new($"the proxy's checksum database cannot be used just now: {cause.Message}", $"代理的校验和数据库暂不可用:{cause.Message}"),
        new("Try again; if it lasts, tell those who run the proxy", "请重试;若持续出现,请联系代理的管理者"), cause);

    private sealed class Pending(SumdbRecord record)
    {
        private readonly TaskCompletionSource<SumdbRecord> done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public SumdbRecord Record => record;

        public Task<SumdbRecord> Task => done.Task;

        public void Complete(SumdbRecord written) => done.TrySetResult(written);

        public void Fail(Exception e) => done.TrySetException(e);
    }
}
