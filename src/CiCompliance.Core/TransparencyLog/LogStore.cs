using System.Buffers.Binary;
using System.Security.Cryptography;
using CiCompliance.Keys;

namespace CiCompliance.TransparencyLog;

/// <summary>
/// The embedded transparency log: an append-only folder with one writer. Its truth is <c>entries</c> and the signed <c>checkpoint</c>;
/// <c>index</c> and <c>hashes</c> follow from the entries. An entry is acknowledged when it is on the disk and a checkpoint that covers
/// it has been renamed into place. Whatever a crash leaves, opening keeps every whole entry, cuts a torn last one and never goes behind
/// the checkpoint: a folder that holds less than its checkpoint says, or something else, is refused.
/// </summary>
public sealed partial class LogStore : IDisposable
{
    /// <summary>Bytes of the largest body that is appended: no tile of entries could hold a larger one (C2SP tlog-tiles).</summary>
    public const int MaxBody = EntryFile.MaxBody;

    private readonly LogFolder folder;
    private readonly ISigner? key;
    private readonly ISignatureVerifier verifier;
    private readonly TimeProvider clock;
    private readonly SemaphoreSlim writing = new(1, 1);
    private MerkleTree tree;
    private Checkpoint checkpoint;
    private long end;
    private long lastTime;
    private bool failed;
    private bool unflushed;

    private LogStore(LogFolder folder, LogDescription description, Checkpoint checkpoint, ISigner? key, ISignatureVerifier verifier, TimeProvider clock)
    {
        this.folder = folder;
        this.key = key;
        this.verifier = verifier;
        this.clock = clock;
        this.checkpoint = checkpoint;
        tree = null!;
        Description = description;
        LogId = Convert.ToHexStringLower(SHA256.HashData(description.PublicKey));
    }

    /// <summary>Hex SHA-256 of the log's key.</summary>
    public string LogId { get; }

    public LogDescription Description { get; }

    /// <summary>The last signed tree head.</summary>
    public Checkpoint Checkpoint => Volatile.Read(ref checkpoint);

    /// <summary>The time of the youngest entry; none that follows has an earlier one, whatever the clock says.</summary>
    public DateTimeOffset LastTime => DateTimeOffset.FromUnixTimeSeconds(Volatile.Read(ref lastTime));

    internal EntryFile Entries => folder.Entries;

    /// <summary>Appends bodies and returns when they are on the disk and under a signed checkpoint; all proofs lead to that one.</summary>
    /// <param name="entries">Canonical bodies with their kinds.</param>
    /// <exception cref="CiComplianceException">It can't be written (CIC4007), a body is too large (CIC4009), or it was opened without its key (CIC4006).</exception>
    public async Task<IReadOnlyList<LoggedEntry>> AppendAsync(IReadOnlyList<ProposedEntry> entries, CancellationToken cancellationToken)
    {
        await writing.WaitAsync(cancellationToken);
        try
        {
            var batch = AppendWhole([.. entries.Select(entry => entry.Body)]);
            return [.. entries.Select((entry, i) => ToLogged(entry, batch, batch.First + i))];
        }
        finally
        {
            writing.Release();
        }
    }

    /// <summary>
    /// Appends bodies as one batch and returns when they are on the disk and under a signed checkpoint. Promises and proofs are the
    /// caller's to make, so that they need not wait for the next batch.
    /// </summary>
    /// <param name="bodies">Canonical bodies, at least one.</param>
    /// <exception cref="CiComplianceException">As <see cref="AppendAsync"/>; nothing of the batch counts as logged.</exception>
    public LoggedBatch Append(IReadOnlyList<byte[]> bodies, CancellationToken cancellationToken)
    {
        writing.Wait(cancellationToken);
        try
        {
            return AppendWhole(bodies);
        }
        finally
        {
            writing.Release();
        }
    }

    /// <summary>Rekor v1's promise for an entry of this log.</summary>
    public byte[] SignTimestamp(byte[] body, long integratedTime, long index) =>
        SignedEntryTimestamp.Sign(body, integratedTime, index, LogId, key ?? throw LogErrors.WrongKey(folder.Path));

    /// <summary>A checkpoint in the form of Rekor v2 over the same tree: its origin is the name alone.</summary>
    public Checkpoint SignForV2(Checkpoint signed) =>
        Checkpoint.Sign(Description.Name, signed.Size, signed.Root, key ?? throw LogErrors.WrongKey(folder.Path));

    /// <exception cref="CiComplianceException">The stored hashes no longer lead to the checkpoint (CIC4001).</exception>
    public InclusionProof InclusionProof(long index, long size) =>
        Checkpoint is var signed && signed.Size == size
            ? InclusionProof(index, signed)
            : InclusionProof(index, size, tree.Root(size), "");

    /// <summary>Proof that the entry stands under that checkpoint, one that this log has signed.</summary>
    /// <exception cref="CiComplianceException">The stored hashes do not lead to the checkpoint (CIC4001).</exception>
    public InclusionProof InclusionProof(long index, Checkpoint signed) => InclusionProof(index, signed.Size, signed.Root, signed.ToString());

    /// <summary>Hashes that prove that the tree only grew (RFC 6962 §2.1.2).</summary>
    public IReadOnlyList<byte[]> ConsistencyProof(long from, long to) => tree.ConsistencyProof(from, to);

    public byte[] Root(long size) => tree.Root(size);

    /// <summary>The hash of an entry's leaf (RFC 6962 §2.1).</summary>
    public byte[] LeafHash(long index) => tree.LeafHash(index);

    /// <summary>The hash over the 2^<paramref name="level"/> entries from <paramref name="index"/>·2^<paramref name="level"/> on.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The log does not hold all of them.</exception>
    public byte[] Subtree(int level, long index) => tree.Subtree(level, index);

    /// <summary>The body and time of an entry, checked against its leaf hash.</summary>
    /// <exception cref="CiComplianceException">It is not what was logged (CIC4001).</exception>
    public (byte[] Body, long IntegratedTime) Read(long index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((ulong)index, (ulong)Checkpoint.Size);
        var entry = folder.Entries.TryRead(StartOf(index));
        return entry is { } found && MerkleProof.LeafHash(found.Body).AsSpan().SequenceEqual(tree.LeafHash(index))
            ? (found.Body, found.Time)
            : throw LogErrors.Damaged(folder.Path, $"entry {index} is not what was logged", $"条目 {index} 与记录时不同");
    }

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

    public void Dispose()
    {
        folder.Dispose();
        writing.Dispose();
    }

    private InclusionProof InclusionProof(long index, long size, byte[] root, string note)
    {
        var proof = tree.InclusionProof(index, size);
        return MerkleProof.ProvesInclusion(index, size, tree.LeafHash(index), proof, root)
            ? new(index, size, root, proof, note)
            : throw LogErrors.Damaged(folder.Path, "its hashes contradict each other", "哈希相互矛盾");
    }

    private LoggedBatch AppendWhole(IReadOnlyList<byte[]> bodies)
    {
        if (key is null)
        {
            throw LogErrors.WrongKey(folder.Path);
        }

        if (bodies.FirstOrDefault(body => body.Length > EntryFile.MaxBody) is { } large)
        {
            throw LogErrors.EntryTooLarge(folder.Path, large.Length);
        }

        try
        {
            // Half an append done is finished or undone by opening again, never by going on.
            return failed ? throw LogErrors.NotWritable(folder.Path, null) : AppendOnce(bodies);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            failed = true;
            throw LogErrors.NotWritable(folder.Path, e);
        }
    }

    private LoggedBatch AppendOnce(IReadOnlyList<byte[]> bodies)
    {
        lastTime = Math.Max(lastTime, clock.GetUtcNow().ToUnixTimeSeconds());
        var first = tree.Size;
        var records = bodies.Select(body => EntryFile.Encode(body, lastTime)).ToList();
        failed = true;
        unflushed = true;
        folder.Entries.Append(Concatenate(records), end);
        unflushed = false;
        for (var i = 0; i < bodies.Count; i++)
        {
            Take(bodies[i], end + records[i].Length);
        }

        var signed = SignCheckpoint();
        failed = false;
        return new(first, lastTime, signed);
    }

    private LoggedEntry ToLogged(ProposedEntry entry, LoggedBatch batch, long index) => new(
        entry.Kind,
        entry.Version,
        entry.Body,
        index,
        SHA256.HashData(Description.PublicKey),
        batch.IntegratedTime,
        SignTimestamp(entry.Body, batch.IntegratedTime, index),
        InclusionProof(index, batch.Checkpoint));

    private static byte[] Concatenate(List<byte[]> records)
    {
        var all = new byte[records.Sum(record => (long)record.Length)];
        var at = 0;
        foreach (var record in records)
        {
            record.CopyTo(all, at);
            at += record.Length;
        }

        return all;
    }

    private void Take(byte[] body, long newEnd)
    {
        tree.Append(MerkleProof.LeafHash(body));
        var record = new byte[LogFolder.IndexRecordSize];
        BinaryPrimitives.WriteInt64BigEndian(record, newEnd);
        folder.Index.Append(record);
        end = newEnd;
    }

    private Checkpoint SignCheckpoint()
    {
        folder.Hashes.Flush();
        folder.Index.Flush();
        var signed = Checkpoint.Sign(Description.Origin, tree.Size, tree.Root(tree.Size), key!);
        folder.Replace(LogFolder.CheckpointName, signed.ToBytes());
        Volatile.Write(ref checkpoint, signed);
        return signed;
    }

    private long StartOf(long index) =>
        index == 0 ? 0 : BinaryPrimitives.ReadInt64BigEndian(folder.Index.Read(index - 1));
}
