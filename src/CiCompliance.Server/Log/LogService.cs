using System.Globalization;
using CiCompliance.Keys;
using CiCompliance.Server.Hosting;
using CiCompliance.Server.Log.Entries;
using CiCompliance.Server.Log.Search;
using CiCompliance.Server.Log.Sequencing;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Server.Log;

/// <summary>The one tree behind both APIs.</summary>
internal sealed class LogService : IDisposable
{
    private readonly LogStore store;
    private readonly EntryIndex index;
    private volatile LogHead head;

    private LogService(LogStore store, EntryIndex index, ISignatureVerifier verifier, ServerEvents events, TimeProvider clock, TimeSpan? patience)
    {
        this.store = store;
        this.index = index;
        head = new(store, store.Checkpoint);
        Metrics = new LogMetrics(clock);
        Metrics.StartedAt(store.Read(store.Checkpoint.Size - 1).IntegratedTime);
        Sequencer = new LogSequencer(store, index, Metrics, events, clock, patience);
        Proposals = new ProposalReader(new VerifierKeys(verifier));
        TreeId = long.Parse(store.Description.TreeId, NumberStyles.None, CultureInfo.InvariantCulture).ToString("x16", CultureInfo.InvariantCulture);
    }

    public LogStore Store => store;

    public EntryIndex Index => index;

    public LogSequencer Sequencer { get; }

    public LogMetrics Metrics { get; }

    public ProposalReader Proposals { get; }

    /// <summary>16 hex digits: what an entry's UUID begins with.</summary>
    public string TreeId { get; }

    /// <summary>The last signed state.</summary>
    public LogHead Head
    {
        get
        {
            var signed = store.Checkpoint;
            var known = head;
            return ReferenceEquals(known.Checkpoint, signed) ? known : head = new(store, signed);
        }
    }

    /// <exception cref="CiComplianceException">CIC4001, CIC4002, CIC4003, CIC4006 or CIC4007.</exception>
    public static LogService Open(ServerOptions options, ISigner key, ISignatureVerifier verifier, ServerEvents events, TimeProvider clock, CancellationToken cancellationToken)
    {
        var path = options.Path;
        var store = LogStore.Open(path, key, verifier, clock);
        try
        {
            return new(store, EntryIndex.Open(store, Path.Combine(path, "search"), events, cancellationToken, options.TailEntries), verifier, events, clock, options.StopPatience);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            store.Dispose();
            throw new CiComplianceException(LogDiagnostics.NotWritable, path,
                new($"its folder 'search' cannot be written ({e.Message})", $"其 search 目录无法写入({e.Message})"),
                new("Look at the disk and its permissions", "请检查磁盘与权限"), e);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    public string UuidOf(long entry) => TreeId + Convert.ToHexStringLower(store.LeafHash(entry));

    /// <summary>
    /// Stops taking entries and ends when those that wait are logged. Where the key does not answer, the folder stays locked until the
    /// process ends: a signature that comes after all would write its checkpoint over the next writer's.
    /// </summary>
    public void Dispose()
    {
        try
        {
            Sequencer.Dispose();
        }
        finally
        {
            if (Sequencer.HasEnded)
            {
                Close();
            }
        }
    }

    private void Close()
    {
        try
        {
            index.Dispose();
        }
        finally
        {
            store.Dispose();
        }
    }
}
