using CiCompliance.Keys;
using CiCompliance.Policy;

namespace CiCompliance.TransparencyLog;

/// <summary>A log as somebody outside sees it. Nothing that it says is believed: <see cref="LogMonitor"/> verifies it.</summary>
public interface IObservedLog : IDisposable
{
    /// <summary>The signed note that it shows now.</summary>
    /// <exception cref="CiComplianceException">It can't be reached, or doesn't answer in its form.</exception>
    Task<byte[]> CheckpointAsync(CancellationToken cancellationToken);

    /// <summary>Hashes that should lead from a checkpoint to a larger one (RFC 6962 §2.1.2).</summary>
    /// <exception cref="CiComplianceException">It can't be reached, refuses, or doesn't answer in its form.</exception>
    Task<IReadOnlyList<byte[]>> ConsistencyAsync(Checkpoint older, Checkpoint newer, CancellationToken cancellationToken);
}

/// <summary>An embedded log's folder, read while a writer may be adding to it.</summary>
public sealed class ObservedFolder(LogStore store) : IObservedLog
{
    public Task<byte[]> CheckpointAsync(CancellationToken cancellationToken) => Task.FromResult(store.Checkpoint.ToBytes());

    public Task<IReadOnlyList<byte[]>> ConsistencyAsync(Checkpoint older, Checkpoint newer, CancellationToken cancellationToken) =>
        Task.FromResult(store.ConsistencyProof(older.Size, newer.Size));

    public void Dispose() => store.Dispose();
}

/// <summary>Rekor servers as <c>log monitor</c> looks at them: a failure says what to do there.</summary>
public static class ObservedServer
{
    /// <param name="url">https, or http to a loopback address.</param>
    /// <exception cref="CiComplianceException">The address is neither (CIC4104).</exception>
    public static IObservedLog Open(string url, LogApi api, TrustedKey key, ISignatureVerifier verifier, TimeProvider clock) => api == LogApi.V2
        ? new RekorV2Log(RemoteService.Monitored, url, null, key, verifier, clock)
        : new RekorLog(RemoteService.Monitored, url, key, verifier, clock);
}

/// <summary>What one look at a log showed.</summary>
/// <param name="Seen">What was seen the last time, or null the first time.</param>
/// <param name="Fork">Why both can't be of one log that only grows, or null where they are.</param>
public sealed record LogObservation(Checkpoint? Seen, Checkpoint Shown, LocalizedText? Fork);

/// <summary>Compares what a log shows now with what it showed the last time.</summary>
/// <param name="log">The log's trusted key; its name is the checkpoint's origin or the host name that it begins with.</param>
public sealed class LogMonitor(TrustedKey log, ISignatureVerifier verifier)
{
    /// <param name="seen">The checkpoint that the last look kept; its signature is verified again.</param>
    /// <exception cref="CiComplianceException">What it shows is not signed by the log's key (CIC4204), what was seen is not either or is of another origin (CIC4203), or the log failed.</exception>
    /// <param name="unproven">Is given a larger signed checkpoint before the proof is asked for: a log that forked will rather give none.</param>
    public async Task<LogObservation> ObserveAsync(IObservedLog observed, byte[]? seen, Action<Checkpoint> unproven, CancellationToken cancellationToken)
    {
        var last = seen is null ? null : Read(seen, WitnessDiagnostics.BadState,
            new("what was seen last is not a checkpoint that this log's key signed", "上次所见的内容不是此日志密钥签名的检查点"),
            new("Give the file that log monitor wrote for this log; a new one begins without memory", "请提供 log monitor 为此日志写入的文件;新文件意味着从头开始"));
        var shown = Read(await observed.CheckpointAsync(cancellationToken), WitnessDiagnostics.NotSigned,
            new("the checkpoint that it shows is not signed by the trusted key", "其显示的检查点不是由受信密钥签名的"),
            new("Look whether this is the log and its key was changed; if not, keep the answer and ask its operator", "请确认是否为该日志、其密钥是否更换;若否,请保留应答并询问其运营方"));
        if (last is not null && last.Origin != shown.Origin)
        {
            // One key may sign for several origins: two of them prove no fork.
            throw new CiComplianceException(WitnessDiagnostics.BadState, shown.Origin,
                new($"what was seen last is of '{last.Origin}', which is another log or its other interface", $"上次所见属于“{last.Origin}”,即另一日志或其另一接口"),
                new("Give each origin a file of its own, and --api as it was the last time", "请为每个来源名使用各自的文件,并沿用上次的 --api"));
        }

        if (last is not null && shown.Size > last.Size)
        {
            unproven(shown);
        }

        return new(last, shown, last is null ? null : await ForkAsync(observed, last, shown, cancellationToken));
    }

    private static async Task<LocalizedText?> ForkAsync(IObservedLog observed, Checkpoint last, Checkpoint shown, CancellationToken cancellationToken)
    {
        if (shown.Size < last.Size)
        {
            return new($"it showed {last.Size} entries and shows {shown.Size} now", $"其曾显示 {last.Size} 条,现仅显示 {shown.Size} 条");
        }

        if (shown.Size == last.Size)
        {
            return shown.Root.AsSpan().SequenceEqual(last.Root) ? null
                : new($"it showed another root over the same {shown.Size} entries", $"同为 {shown.Size} 条,其曾显示另一个根");
        }

        var hashes = await observed.ConsistencyAsync(last, shown, cancellationToken);
        return new ConsistencyProof(last.Size, shown.Size, hashes).Connects(last, shown)
            ? null
            : new($"its tree of {shown.Size} entries does not begin with the {last.Size} that it showed before", $"其 {shown.Size} 条的树不以此前所示的 {last.Size} 条为前缀");
    }

    private Checkpoint Read(byte[] note, Diagnostic otherwise, LocalizedText what, LocalizedText fix)
    {
        Exception? cause = null;
        try
        {
            var checkpoint = Checkpoint.Parse(note);
            if (checkpoint.IsOf(log, verifier))
            {
                return checkpoint;
            }
        }
        catch (FormatException e)
        {
            cause = e;
        }

        throw new CiComplianceException(otherwise, log.Name, what, fix, cause);
    }
}
