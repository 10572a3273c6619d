using System.Security.Cryptography;
using CiCompliance.Keys;

namespace CiCompliance.TransparencyLog;

/// <summary>The embedded transparency log: a <see cref="LeafStore{THead}"/> of entries with Rekor's promises, proofs and checkpoints.</summary>
public sealed partial class LogStore : IDisposable
{
    /// <summary>Bytes of the largest body that is appended: no tile of entries could hold a larger one (C2SP tlog-tiles).</summary>
    public const int MaxBody = EntryFile.MaxBody;

    private readonly string path;
    private readonly LeafStore<Checkpoint> leaves;
    private readonly ISigner? key;

    private LogStore(string path, LeafStore<Checkpoint> leaves, LogDescription description, ISigner? key)
    {
        this.path = path;
        this.leaves = leaves;
        this.key = key;
        Description = description;
        LogId = Convert.ToHexStringLower(SHA256.HashData(description.PublicKey));
    }

    /// <summary>Hex SHA-256 of the log's key.</summary>
    public string LogId { get; }

    public LogDescription Description { get; }

    /// <summary>The last signed tree head.</summary>
    public Checkpoint Checkpoint => leaves.Head;

    /// <summary>The time of the youngest entry; none that follows has an earlier one, whatever the clock says.</summary>
    public DateTimeOffset LastTime => DateTimeOffset.FromUnixTimeSeconds(leaves.LastTime);

    /// <summary>Whether it was found damaged since it was opened (CIC4001): then nothing is appended any more.</summary>
    public bool IsDamaged => leaves.IsDamaged;

    internal EntryFile Entries => leaves.Entries;

    /// <summary>Appends bodies and returns when they are on the disk and under a signed checkpoint; all proofs lead to that one.</summary>
    /// <param name="entries">Canonical bodies with their kinds.</param>
    /// <exception cref="CiComplianceException">It can't be written (CIC4007) or is damaged (CIC4001), a body is too large (CIC4009), or it was opened without its key (CIC4006).</exception>
    public Task<IReadOnlyList<LoggedEntry>> AppendAsync(IReadOnlyList<ProposedEntry> entries, CancellationToken cancellationToken) =>
        Task.Run<IReadOnlyList<LoggedEntry>>(
            () =>
            {
                var batch = Append([.. entries.Select(entry => entry.Body)], cancellationToken);
                return [.. entries.Select((entry, i) => ToLogged(entry, batch, batch.First + i))];
            },
            cancellationToken);

    /// <summary>
    /// Appends bodies as one batch and returns when they are on the disk and under a signed checkpoint. Promises and proofs are the
    /// caller's to make, so that they need not wait for the next batch.
    /// </summary>
    /// <param name="bodies">Canonical bodies, at least one.</param>
    /// <exception cref="CiComplianceException">As <see cref="AppendAsync"/>; nothing of the batch counts as logged.</exception>
    public LoggedBatch Append(IReadOnlyList<byte[]> bodies, CancellationToken cancellationToken)
    {
        var batch = leaves.Append(bodies, cancellationToken);
        return new(batch.First, batch.Time, batch.Head);
    }

    /// <summary>Rekor v1's promise for an entry of this log.</summary>
    public byte[] SignTimestamp(byte[] body, long integratedTime, long index) =>
        SignedEntryTimestamp.Sign(body, integratedTime, index, LogId, key ?? throw LogErrors.WrongKey(path));

    /// <summary>A checkpoint in the form of Rekor v2 over the same tree: its origin is the name alone.</summary>
    public Checkpoint SignForV2(Checkpoint signed) =>
        Checkpoint.Sign(Description.Name, signed.Size, signed.Root, key ?? throw LogErrors.WrongKey(path));

    /// <exception cref="CiComplianceException">The stored hashes no longer lead to the checkpoint (CIC4001).</exception>
    public InclusionProof InclusionProof(long index, long size) =>
        Checkpoint is var signed && signed.Size == size
            ? InclusionProof(index, signed)
            : InclusionProof(index, size, leaves.Root(size), "");

    /// <summary>Proof that the entry stands under that checkpoint, one that this log has signed.</summary>
    /// <exception cref="CiComplianceException">The stored hashes do not lead to the checkpoint (CIC4001).</exception>
    public InclusionProof InclusionProof(long index, Checkpoint signed) => InclusionProof(index, signed.Size, signed.Root, signed.ToString());

    /// <summary>Hashes that prove that the tree only grew (RFC 6962 §2.1.2).</summary>
    public IReadOnlyList<byte[]> ConsistencyProof(long from, long to) => leaves.ConsistencyProof(from, to);

    public byte[] Root(long size) => leaves.Root(size);

    /// <summary>The hash of an entry's leaf (RFC 6962 §2.1).</summary>
    public byte[] LeafHash(long index) => leaves.LeafHash(index);

    /// <summary>The hash over the 2^<paramref name="level"/> entries from <paramref name="index"/>·2^<paramref name="level"/> on.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The log does not hold all of them.</exception>
    public byte[] Subtree(int level, long index) => leaves.Subtree(level, index);

    /// <summary>The body and time of an entry, checked against its leaf hash.</summary>
    /// <exception cref="CiComplianceException">It is not what was logged (CIC4001).</exception>
    public (byte[] Body, long IntegratedTime) Read(long index) => leaves.Read(index);

    /// <summary>As <see cref="LeafStore{THead}.TryRecover"/>.</summary>
    /// <returns>Whether it appends again.</returns>
    /// <exception cref="CiComplianceException">The folder is damaged (CIC4001).</exception>
    public bool TryRecover() => leaves.TryRecover();

    /// <summary>Reads every entry and compares all of them with the checkpoint; opening looks at the last ones only.</summary>
    /// <exception cref="CiComplianceException">Anything differs (CIC4001).</exception>
    public void VerifyAll(CancellationToken cancellationToken)
    {
        for (var index = 0L; index < Checkpoint.Size; index++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Read(index);
            InclusionProof(index, Checkpoint.Size);
        }
    }

    public void Dispose() => leaves.Dispose();

    private InclusionProof InclusionProof(long index, long size, byte[] root, string note) =>
        new(index, size, root, leaves.InclusionProof(index, size, root), note);

    private LoggedEntry ToLogged(ProposedEntry entry, LoggedBatch batch, long index) => new(
        entry.Kind,
        entry.Version,
        entry.Body,
        index,
        SHA256.HashData(Description.PublicKey),
        batch.IntegratedTime,
        SignTimestamp(entry.Body, batch.IntegratedTime, index),
        InclusionProof(index, batch.Checkpoint));
}
