using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using CiCompliance.Keys;

namespace CiCompliance.TransparencyLog;

public sealed partial class LogStore
{
    /// <summary>
    /// Creates a log with its genesis entry (cosign 2 refuses entries with index 0). The key belongs to the log alone.
    /// </summary>
    /// <param name="path">An empty or missing folder.</param>
    /// <param name="name">The log's host name, for example <c>log.example.org</c>; it need not resolve.</param>
    /// <param name="signingKeyIds">Ids of the evidence signers' keys: none of them may be the log's.</param>
    /// <exception cref="CiComplianceException">CIC4004, CIC4005, CIC4006, CIC4007 or CIC4008.</exception>
    public static LogStore Create(
        string path, string name, ISigner key, IReadOnlyCollection<string> signingKeyIds, ISignatureVerifier verifier, TimeProvider clock)
    {
        if (!LogDescription.IsHostName(name))
        {
            throw LogErrors.BadName(name);
        }

        if (key.Algorithm != KeyAlgorithm.EcdsaP256)
        {
            throw LogErrors.WrongKey(path);
        }

        if (signingKeyIds.Contains(key.KeyId))
        {
            throw LogErrors.SigningKey(path);
        }

        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        var description = new LogDescription(
            LogDescription.CurrentFormat, name, NewTreeId(), key.PublicKey, DateTimeOffset.FromUnixTimeSeconds(now));
        var folder = LogFolder.Create(path);
        try
        {
            var json = description.ToJson();
            var genesis = ProposedEntry.HashedRekord(SHA256.HashData(json), key.Sign(json), key.PublicKey);
            var store = new LogStore(folder, description, Checkpoint.Sign(description.Origin, 0, MerkleProof.EmptyRoot(), key), key, verifier, clock)
            {
                tree = new MerkleTree(folder.Hashes),
                lastTime = now,
            };
            store.AppendOnce([genesis.Body]);

            // Last: only now is the folder a log.
            folder.Replace(LogFolder.DescriptionName, json);
            return store;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            folder.Dispose();
            throw LogErrors.NotWritable(path, e);
        }
    }

    /// <summary>Opens a log; with its key for writing, without it for reading up to its checkpoint.</summary>
    /// <exception cref="CiComplianceException">CIC4001, CIC4002, CIC4003, CIC4006 or CIC4007.</exception>
    public static LogStore Open(string path, ISigner? key, ISignatureVerifier verifier, TimeProvider clock)
    {
        var folder = LogFolder.Open(path, writable: key is not null);
        try
        {
            var (description, checkpoint) = ReadHead(folder, verifier);
            if (key is not null && !key.PublicKey.AsSpan().SequenceEqual(description.PublicKey))
            {
                throw LogErrors.WrongKey(path);
            }

            var store = new LogStore(folder, description, checkpoint, key, verifier, clock);
            store.Recover();
            return store;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            folder.Dispose();
            throw LogErrors.NotWritable(path, e);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>
    /// After an append that failed: takes whole entries in and cuts a torn one off, as opening does, and signs a checkpoint, which shows
    /// that the folder can be written again. Where the entries could not be forced to the disk, all after the checkpoint are cut off.
    /// </summary>
    /// <returns>Whether it appends again.</returns>
    /// <exception cref="CiComplianceException">The folder is damaged (CIC4001).</exception>
    public bool TryRecover()
    {
        writing.Wait();
        try
        {
            if (failed)
            {
                Recover();
                SignCheckpoint();
                failed = false;
            }

            return true;
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

    private static (LogDescription Description, Checkpoint Checkpoint) ReadHead(LogFolder folder, ISignatureVerifier verifier)
    {
        try
        {
            var description = LogDescription.Parse(folder.Read(LogFolder.DescriptionName, LogDescription.MaxBytes));
            var checkpoint = Checkpoint.Parse(folder.Read(LogFolder.CheckpointName, Checkpoint.MaxBytes));
            return checkpoint.IsOf(description.ToTrustedKey(), verifier) && checkpoint.Size > 0
                ? (description, checkpoint)
                : throw LogErrors.Damaged(folder.Path, "its checkpoint is not signed by its key", "检查点不是由该日志的密钥签名的");
        }
        catch (Exception e) when (e is JsonException or FormatException or FileNotFoundException)
        {
            throw LogErrors.Damaged(folder.Path, "log.json or checkpoint does not have its format", "log.json 或 checkpoint 格式不正确", e);
        }
    }

    private static string NewTreeId() =>
        (BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long))) & long.MaxValue | 1L << 60).ToString(CultureInfo.InvariantCulture);

    private void Recover()
    {
        var signed = checkpoint.Size;
        if (!DerivedFilesHold(signed))
        {
            if (key is null)
            {
                throw LogErrors.Damaged(folder.Path, "its index does not match its checkpoint", "索引与检查点不符");
            }

            folder.Hashes.Cut(0);
            folder.Index.Cut(0);
        }
        else if (key is not null)
        {
            folder.Hashes.Cut(MerkleTree.NodeCount(signed));
            folder.Index.Cut(signed);
        }

        var kept = Math.Min(folder.Index.Count, signed);
        tree = new MerkleTree(key is null ? new FirstHashes(folder.Hashes, MerkleTree.NodeCount(signed)) : folder.Hashes);
        end = StartOf(kept);
        if (key is not null)
        {
            while ((tree.Size < signed || !unflushed) && folder.Entries.TryRead(end) is { } entry)
            {
                if (tree.Size >= signed)
                {
                    // Nobody knows whether it has reached the disk: written again, the flush below covers it.
                    folder.Entries.Write(EntryFile.Encode(entry.Body, entry.Time), end);
                }

                Take(entry.Body, entry.End);
            }
        }

        if (tree.Size < signed)
        {
            throw LogErrors.Damaged(folder.Path,
                $"its checkpoint covers {signed} entries, {tree.Size} are there", $"检查点覆盖 {signed} 条,实有 {tree.Size} 条");
        }

        if (!tree.Root(signed).AsSpan().SequenceEqual(checkpoint.Root))
        {
            throw LogErrors.Damaged(folder.Path, "its entries are not those of its checkpoint", "条目与检查点不符");
        }

        CheckEnds(signed);
        if (key is null)
        {
            return;
        }

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
            SignCheckpoint();
        }
    }

    private bool DerivedFilesHold(long size)
    {
        if (folder.Index.Count < size || folder.Hashes.Count < MerkleTree.NodeCount(size))
        {
            return false;
        }

        var stored = new MerkleTree(new FirstHashes(folder.Hashes, MerkleTree.NodeCount(size)));
        return stored.Root(size).AsSpan().SequenceEqual(checkpoint.Root)
            && StartOf(size - 1) is >= 0 and var last
            && folder.Entries.TryRead(last) is { } entry
            && entry.End == StartOf(size)
            && MerkleProof.LeafHash(entry.Body).AsSpan().SequenceEqual(stored.LeafHash(size - 1));
    }

    /// <summary>The first entry is about log.json, and the last ones are what was logged.</summary>
    private void CheckEnds(long size)
    {
        const int Last = 16;
        if (!IsGenesis(Read(0).Body))
        {
            throw LogErrors.Damaged(folder.Path, "its first entry is not about its log.json", "首条目与 log.json 不符");
        }

        for (var index = Math.Max(0, size - Last); index < size; index++)
        {
            lastTime = Math.Max(lastTime, Read(index).IntegratedTime);
        }
    }

    private bool IsGenesis(byte[] body)
    {
        try
        {
            return EntryBody.Parse(EntryBody.HashedRekord, EntryBody.Version001, body).Digest.AsSpan().SequenceEqual(SHA256.HashData(Description.ToJson()));
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>The tree of the checkpoint, while a writer may be adding to the file.</summary>
    private sealed class FirstHashes(IHashStore all, long count) : IHashStore
    {
        public long Count => count;

        public byte[] Read(long position) => all.Read(position);

        public void Append(ReadOnlySpan<byte> hash) => throw new NotSupportedException();
    }
}
