using System.Buffers.Binary;

namespace CiCompliance.TransparencyLog;

/// <summary>
/// The leaves of an append-only tree in a folder with one writer. Its truth is <c>entries</c> and the signed <c>checkpoint</c>; <c>index</c> and
/// <c>hashes</c> follow from the entries. A leaf is acknowledged when it is on the disk and a tree head that covers it has been renamed into place.
/// Whatever a crash leaves, opening keeps every whole leaf, cuts a torn last one and never goes behind the tree head: a folder that holds less than
/// its head says, or something else, is refused.
/// </summary>
/// <typeparam name="THead">How its tree heads are written.</typeparam>
internal sealed partial class LeafStore<THead> : IDisposable
    where THead : class, ITreeHead
{
    private readonly LogFolder folder;
    private readonly Func<long, byte[], THead>? sign;
    private readonly TimeProvider clock;
    private readonly SemaphoreSlim writing = new(1, 1);
    private MerkleTree tree;
    private THead head;
    private long end;
    private long lastTime;
    private bool failed;
    private bool unflushed;
    private volatile bool damaged;

    private LeafStore(LogFolder folder, MerkleTree tree, THead head, Func<long, byte[], THead>? sign, TimeProvider clock)
    {
        this.folder = folder;
        this.tree = tree;
        this.head = head;
        this.sign = sign;
        this.clock = clock;
    }

    /// <summary>The last signed tree head.</summary>
    public THead Head => Volatile.Read(ref head);

    /// <summary>The time of the youngest leaf in seconds since 1970; none that follows has an earlier one, whatever the clock says.</summary>
    public long LastTime => Volatile.Read(ref lastTime);

    /// <summary>
    /// Whether a file was found, since it was opened, not to hold what was written to it (CIC4001). Nothing is appended any more, so that
    /// no tree head vouches for what is not there; opening it again repairs what follows from the entries.
    /// </summary>
    public bool IsDamaged => damaged;

    public EntryFile Entries => folder.Entries;

    /// <summary>Appends bodies as one batch and returns when they are on the disk and under a signed tree head.</summary>
    /// <param name="bodies">At least one.</param>
    /// <exception cref="CiComplianceException">It can't be written (CIC4007) or is damaged (CIC4001), a body is too large (CIC4009), or it was opened for reading (CIC4006).</exception>
    public LeafBatch<THead> Append(IReadOnlyList<byte[]> bodies, CancellationToken cancellationToken)
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

    /// <summary>Hashes that prove that the tree only grew (RFC 6962 §2.1.2).</summary>
    public IReadOnlyList<byte[]> ConsistencyProof(long from, long to) => Whole(() => tree.ConsistencyProof(from, to));

    public byte[] Root(long size) => Whole(() => tree.Root(size));

    /// <summary>The hash of a leaf (RFC 6962 §2.1).</summary>
    public byte[] LeafHash(long index) => Whole(() => tree.LeafHash(index));

    /// <summary>The hash over the 2^<paramref name="level"/> leaves from <paramref name="index"/>·2^<paramref name="level"/> on.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The tree does not hold all of them.</exception>
    public byte[] Subtree(int level, long index) => Whole(() => tree.Subtree(level, index));

    /// <summary>Proof that the leaf stands in the tree of that size and root (RFC 6962 §2.1.1).</summary>
    /// <exception cref="CiComplianceException">The stored hashes do not lead to that root (CIC4001).</exception>
    public IReadOnlyList<byte[]> InclusionProof(long index, long size, byte[] root) => Whole(() =>
    {
        var proof = tree.InclusionProof(index, size);
        return MerkleProof.ProvesInclusion(index, size, tree.LeafHash(index), proof, root)
            ? proof
            : throw Damaged("its hashes contradict each other", "哈希相互矛盾");
    });

    /// <summary>The body and time of a leaf, checked against its hash.</summary>
    /// <exception cref="CiComplianceException">It is not what was appended (CIC4001).</exception>
    public (byte[] Body, long Time) Read(long index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((ulong)index, (ulong)Head.Size);
        return Whole(() => folder.Entries.TryRead(StartOf(index)) is { } found && MerkleProof.LeafHash(found.Body).AsSpan().SequenceEqual(tree.LeafHash(index))
            ? (found.Body, found.Time)
            : throw Damaged($"entry {index} is not what was logged", $"条目 {index} 与记录时不同"));
    }

    public void Dispose()
    {
        folder.Dispose();
        writing.Dispose();
    }

    private LeafBatch<THead> AppendWhole(IReadOnlyList<byte[]> bodies)
    {
        if (sign is null)
        {
            throw LogErrors.WrongKey(folder.Path);
        }

        if (bodies.FirstOrDefault(body => body.Length > EntryFile.MaxBody) is { } large)
        {
            throw LogErrors.EntryTooLarge(folder.Path, large.Length);
        }

        ThrowIfDamaged();
        try
        {
            // Half an append done is finished or undone by opening again, never by going on.
            return failed ? throw LogErrors.NotWritable(folder.Path, null) : AppendOnce(bodies);
        }
        catch (EndOfStreamException e)
        {
            failed = true;
            throw TooShort(e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            failed = true;
            throw LogErrors.NotWritable(folder.Path, e);
        }
    }

    private LeafBatch<THead> AppendOnce(IReadOnlyList<byte[]> bodies)
    {
        if (folder.Entries.Length is var length && length != end)
        {
            throw Damaged($"its entries have {length} bytes, {end} were written", $"条目文件为 {length} 字节,应为 {end} 字节");
        }

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

        var signed = SignHead();
        failed = false;
        return new(first, lastTime, signed);
    }

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

    private THead SignHead()
    {
        folder.Hashes.Flush();
        folder.Index.Flush();

        // From the stored hashes, as the root that is signed: were they changed, the key would vouch for a second history.
        if (!tree.Root(head.Size).AsSpan().SequenceEqual(head.Root))
        {
            throw Damaged("its hashes no longer lead to its checkpoint", "哈希与检查点不再相符");
        }

        var signed = sign!(tree.Size, tree.Root(tree.Size));
        folder.Replace(LogFolder.CheckpointName, signed.ToBytes());
        Volatile.Write(ref head, signed);
        return signed;
    }

    private CiComplianceException Damaged(string en, string zh, Exception? cause = null)
    {
        damaged = true;
        return LogErrors.Damaged(folder.Path, en, zh, cause);
    }

    private CiComplianceException TooShort(EndOfStreamException cause) => Damaged("one of its files is shorter than it was", "某个文件比写入时短", cause);

    private void ThrowIfDamaged()
    {
        if (damaged)
        {
            throw Damaged("this was found while it was open", "打开期间已发现损坏");
        }
    }

    private T Whole<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (EndOfStreamException e)
        {
            throw TooShort(e);
        }
    }

    private long StartOf(long index) =>
        index == 0 ? 0 : BinaryPrimitives.ReadInt64BigEndian(folder.Index.Read(index - 1));
}

/// <summary>What one append of several bodies became: consecutive leaves with one time, all under one tree head.</summary>
/// <param name="First">Index of the first.</param>
/// <param name="Time">Seconds since 1970; never less than that of an earlier batch.</param>
/// <param name="Head">The first that covers them.</param>
internal sealed record LeafBatch<THead>(long First, long Time, THead Head);
