using System.Threading.Channels;
using CiCompliance.Go;
using CiCompliance.Go.Sumdb;
using CiCompliance.GoProxy;
using CiCompliance.GoProxy.Checksums;
using CiCompliance.Server.Log.Sequencing;

namespace CiCompliance.Server.GoProxy.Records;

/// <summary>
/// The one writer of the proxy's own checksum database, and its look-ups. Records that arrive while a batch is being written become the next batch:
/// one flush and one tree head for all of them.
/// </summary>
internal sealed class RecordBook : IModuleRecords, IAsyncDisposable
{
    private const int MaxBatch = 1024;
    private const int QueueLength = 16 << 10;

    private readonly SumdbStore store;
    private readonly RecordIndex index;
    private readonly Channel<Pending> queue = Channel.CreateBounded<Pending>(new BoundedChannelOptions(QueueLength) { SingleReader = true });
    private readonly Task writing;
    private volatile bool healthy = true;

    public RecordBook(SumdbStore store, RecordIndex index)
    {
        this.store = store;
        this.index = index;
        writing = Task.Run(WriteAsync);
    }

    public SumdbStore Store => store;

    /// <summary>Whether the last batch could be written and nothing was found damaged since.</summary>
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
        await queue.Writer.WriteAsync(pending, cancellationToken);
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
        while (await queue.Reader.WaitToReadAsync())
        {
            while (batch.Count < MaxBatch && queue.Reader.TryRead(out var pending))
            {
                batch.Add(pending);
            }

            Write(batch);
            batch.Clear();
        }
    }

    private void Write(List<Pending> batch)
    {
        try
        {
            healthy = healthy || store.TryRecover();
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
        catch (Exception e) when (e is CiComplianceException or IOException or UnauthorizedAccessException or UnavailableException)
        {
            healthy = false;
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
