using CiCompliance.Keys;
using CiCompliance.Policy;

namespace CiCompliance.TransparencyLog;

/// <summary>A log that a run records in: the embedded one or a Rekor server. What it returns has been verified.</summary>
public interface ITransparencyLog : IDisposable
{
    LogKind Kind { get; }

    /// <summary>Which entries it takes: <see cref="LogApi.V2"/> hashedrekord 0.0.2 alone.</summary>
    LogApi Api { get; }

    /// <summary>The log's key as its entries are verified; <see cref="TrustedKey.Name"/> is its origin or host name.</summary>
    TrustedKey Key { get; }

    /// <summary>Hex SHA-256 of the genesis leaf of an embedded log; null where the log has none known.</summary>
    string? Genesis { get; }

    /// <summary>When the log began: of an embedded one; null where not known.</summary>
    DateTimeOffset? Created { get; }

    /// <exception cref="CiComplianceException">Not written, unreachable, or the answer does not verify.</exception>
    Task<IReadOnlyList<LoggedEntry>> AppendAsync(IReadOnlyList<ProposedEntry> entries, CancellationToken cancellationToken);

    /// <summary>
    /// Hashes that should lead from a checkpoint to a larger one. The only answer that is not verified here:
    /// <see cref="LogRecorder.ConnectAsync"/> does it for every kind of log.
    /// </summary>
    /// <exception cref="CiComplianceException">Unreachable, refused, or no such answer.</exception>
    Task<IReadOnlyList<byte[]>> ConsistencyAsync(Checkpoint older, Checkpoint newer, CancellationToken cancellationToken);
}

/// <summary>The embedded log as a run uses it. Owns the store and its key.</summary>
public sealed class EmbeddedLog(LogStore store, ISigner key, LogKind kind) : ITransparencyLog
{
    public LogKind Kind => kind;

    public LogApi Api => LogApi.V1;

    public TrustedKey Key { get; } = store.Description.ToTrustedKey();

    public string? Genesis { get; } = Convert.ToHexStringLower(MerkleProof.LeafHash(store.Read(0).Body));

    public DateTimeOffset? Created => store.Description.Created;

    public Task<IReadOnlyList<LoggedEntry>> AppendAsync(IReadOnlyList<ProposedEntry> entries, CancellationToken cancellationToken) =>
        store.AppendAsync(entries, cancellationToken);

    public Task<IReadOnlyList<byte[]>> ConsistencyAsync(Checkpoint older, Checkpoint newer, CancellationToken cancellationToken) =>
        Task.FromResult(store.ConsistencyProof(older.Size, newer.Size));

    public void Dispose()
    {
        store.Dispose();
        key.Dispose();
    }
}
