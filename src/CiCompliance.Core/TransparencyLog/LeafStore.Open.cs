namespace CiCompliance.TransparencyLog;

internal sealed partial class LeafStore<THead>
{
    /// <summary>A new tree in a new folder, with its first leaves where there are any. What names the folder's kind is the caller's to write, last.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public static LeafStore<THead> Create(LogFolder folder, Func<long, byte[], THead> sign, IReadOnlyList<byte[]> first, TimeProvider clock)
    {
        var store = new LeafStore<THead>(folder, new MerkleTree(folder.Hashes), sign(0, MerkleProof.EmptyRoot()), sign, clock);
        if (first.Count > 0)
        {
            store.AppendOnce(first);
        }
        else
        {
            store.SignHead();
        }

        return store;
    }

    /// <summary>Opens a tree up to its head, for writing where <paramref name="sign"/> is given.</summary>
    /// <param name="head">Read from the folder; its signature has been verified.</param>
    /// <exception cref="CiComplianceException">CIC4001.</exception>
    /// <exception cref="IOException">The disk refuses.</exception>
    public static LeafStore<THead> Open(LogFolder folder, THead head, Func<long, byte[], THead>? sign, TimeProvider clock)
    {
        // Without a hash until they are known to hold: a file cut short may be that of no tree.
        var store = new LeafStore<THead>(folder, new MerkleTree(new FirstHashes(folder.Hashes, 0)), head, sign, clock);
        store.Recover();
        return store;
    }

    /// <summary>
    /// After an append that failed: takes whole leaves in and cuts a torn one off, as opening does, and signs a tree head, which shows
    /// that the folder can be written again. Where the leaves could not be forced to the disk, all after the head are cut off.
    /// </summary>
    /// <returns>Whether it appends again.</returns>
    /// <exception cref="CiComplianceException">The folder is damaged (CIC4001).</exception>
    public bool TryRecover()
    {
        writing.Wait();
        try
        {
            ThrowIfDamaged();
            if (failed)
            {
                Recover();
                SignHead();
                failed = false;
            }

            return true;
        }
        catch (EndOfStreamException e)
        {
            throw TooShort(e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
        finally
        {
            writing.Release();
        }
    }

    private void Recover()
    {
        var signed = head.Size;
        var writable = sign is not null;
        if (!DerivedFilesHold(signed))
        {
            if (!writable)
            {
                throw Damaged("its index does not match its checkpoint", "索引与检查点不符");
            }

            folder.Hashes.Cut(0);
            folder.Index.Cut(0);
        }
        else if (writable)
        {
            folder.Hashes.Cut(MerkleTree.NodeCount(signed));
            folder.Index.Cut(signed);
        }

        var kept = Math.Min(folder.Index.Count, signed);
        tree = new MerkleTree(writable ? folder.Hashes : new FirstHashes(folder.Hashes, MerkleTree.NodeCount(signed)));
        end = StartOf(kept);
        if (writable)
        {
            TakeWhole(signed);
        }

        if (tree.Size < signed)
        {
            throw Damaged(
                $"its checkpoint covers {signed} entries, {tree.Size} are there", $"检查点覆盖 {signed} 条,实有 {tree.Size} 条");
        }

        if (!tree.Root(signed).AsSpan().SequenceEqual(head.Root))
        {
            throw Damaged("its entries are not those of its checkpoint", "条目与检查点不符");
        }

        ReadLast(signed);
        if (writable)
        {
            Settle(signed);
        }
    }

    /// <summary>Takes in the whole leaves that the derived files lack.</summary>
    private void TakeWhole(long signed)
    {
        while ((tree.Size < signed || !unflushed) && folder.Entries.TryRead(end) is { } entry)
        {
            if (tree.Size >= signed)
            {
                // Nobody knows whether it has reached the disk: written again, the flush that follows covers it.
                folder.Entries.Write(EntryFile.Encode(entry.Body, entry.Time), end);
            }

            Take(entry.Body, entry.End);
        }
    }

    private void Settle(long signed)
    {
        folder.Hashes.Flush();
        folder.Index.Flush();
        if (end < folder.Entries.Length)
        {
            folder.Entries.Cut(end);
        }

        unflushed = false;
        if (tree.Size > signed)
        {
            // After a flush that failed, the next one may claim success for what was never written.
            unflushed = true;
            folder.Entries.Flush();
            unflushed = false;
            SignHead();
        }
    }

    private bool DerivedFilesHold(long size)
    {
        if (folder.Index.Count < size || folder.Hashes.Count < MerkleTree.NodeCount(size))
        {
            return false;
        }

        var stored = new MerkleTree(new FirstHashes(folder.Hashes, MerkleTree.NodeCount(size)));
        return stored.Root(size).AsSpan().SequenceEqual(head.Root)
            && (size == 0
                || (StartOf(size - 1) is >= 0 and var last
                    && folder.Entries.TryRead(last) is { } entry
                    && entry.End == StartOf(size)
                    && MerkleProof.LeafHash(entry.Body).AsSpan().SequenceEqual(stored.LeafHash(size - 1))));
    }

    /// <summary>The last leaves are what was logged, and say the time.</summary>
    private void ReadLast(long size)
    {
        const int Last = 16;
        for (var index = Math.Max(0, size - Last); index < size; index++)
        {
            lastTime = Math.Max(lastTime, Read(index).Time);
        }
    }

    /// <summary>The tree of the head, while a writer may be adding to the file.</summary>
    private sealed class FirstHashes(IHashStore all, long count) : IHashStore
    {
        public long Count => count;

        public byte[] Read(long position) => all.Read(position);

        public void Append(ReadOnlySpan<byte> hash) => throw new NotSupportedException();
    }
}
