using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace CiCompliance.Server.Search;

/// <summary>
/// The records of consecutive entries in one file that never changes: head, sorted records, and of every block of 256 the first key and
/// a checksum (CRC-32C). Those fences stay in memory (12 bytes for 256 records); a look-up reads one block and compares its checksum, so
/// that damage is noticed and never taken for an entry that is not there. A file appears whole or not at all.
/// </summary>
internal sealed class IndexRun : IDisposable
{
    public const string Suffix = ".run";
    public const int BlockRecords = 256;

    private const int HeadSize = 64;
    private const int BlockSize = BlockRecords * IndexRecord.Size;
    private const int FenceSize = sizeof(ulong) + sizeof(uint);
    private const ulong Magic = 0x4349434C_49445832; // "CICLIDX2"; 1 had no checksums

    private readonly SafeFileHandle file;
    private readonly ulong[] fences;
    private readonly uint[] checksums;
    private readonly long count;
    private volatile bool damaged;

    private IndexRun(string path, SafeFileHandle file, long from, long to, long count, byte[] root, ulong[] fences, uint[] checksums)
    {
        Path = path;
        this.file = file;
        this.count = count;
        this.fences = fences;
        this.checksums = checksums;
        From = from;
        To = to;
        Root = root;
    }

    public string Path { get; }

    public long From { get; }

    /// <summary>After its last entry.</summary>
    public long To { get; }

    /// <summary>The log's root at size <see cref="To"/>: a run of another log is not taken for this one's.</summary>
    public byte[] Root { get; }

    /// <summary>Whether a block has been read that is not what was written. The others are still what they were.</summary>
    public bool IsDamaged => damaged;

    /// <summary>Writes a run and opens it.</summary>
    /// <param name="records">Sorted.</param>
    /// <exception cref="IOException">Not written; nothing is left behind that counts.</exception>
    public static IndexRun Write(string folder, long from, long to, byte[] root, IEnumerable<IndexRecord> records)
    {
        var path = System.IO.Path.Combine(folder, $"{from:x12}-{to:x12}{Suffix}");
        var temporary = path + ".new";
        using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16))
        {
            Write(stream, from, to, root, records);
            stream.Flush(flushToDisk: true);
        }

        // The name too, before what it was made of is deleted.
        File.Move(temporary, path, overwrite: true);
        FolderSync.Flush(folder);
        return TryOpen(path) ?? throw new IOException($"{path} is not what was written");
    }

    /// <returns>Null where it is damaged or something else.</returns>
    public static IndexRun? TryOpen(string path)
    {
        var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        if (Read(path, file) is { } run)
        {
            return run;
        }

        file.Dispose();
        return null;
    }

    /// <summary>Entries with that key, youngest first.</summary>
    /// <returns>False where a block that may hold some is damaged: more of them may be there than were found.</returns>
    public bool TryFind(ulong key, List<long> found, int limit)
    {
        // The last block whose first key is not above: what has this key ends there, and may begin in blocks before.
        var block = Array.BinarySearch(fences, key);
        block = block < 0 ? ~block - 1 : LastEqual(block);
        Span<byte> bytes = stackalloc byte[BlockSize];
        for (; block >= 0 && found.Count < limit; block--)
        {
            var records = RecordsOf(block);
            if (!TryReadBlock(block, bytes[..(records * IndexRecord.Size)]))
            {
                return false;
            }

            if (!FindInBlock(bytes, records, key, found, limit))
            {
                return true;
            }
        }

        return true;
    }

    /// <summary>All records in order, one block in memory.</summary>
    /// <exception cref="IOException">A block is damaged.</exception>
    public IEnumerable<IndexRecord> ReadAll()
    {
        var buffer = new byte[BlockSize];
        for (var block = 0; block < fences.Length; block++)
        {
            var size = RecordsOf(block) * IndexRecord.Size;
            if (!TryReadBlock(block, buffer.AsSpan(0, size)))
            {
                throw new IOException($"{Path} is damaged");
            }

            for (var i = 0; i < size; i += IndexRecord.Size)
            {
                yield return IndexRecord.Read(buffer.AsSpan(i));
            }
        }
    }

    public void Dispose() => file.Dispose();

    private static void Write(FileStream stream, long from, long to, byte[] root, IEnumerable<IndexRecord> records)
    {
        var head = new byte[HeadSize];
        stream.Write(head);
        var fences = new List<byte>();
        var count = 0L;
        var checksum = 0U;
        Span<byte> bytes = stackalloc byte[IndexRecord.Size];
        Span<byte> word = stackalloc byte[sizeof(uint)];
        foreach (var record in records)
        {
            record.Write(bytes);
            if (count % BlockRecords == 0)
            {
                EndBlock(fences, checksum, word);
                fences.AddRange(bytes[..sizeof(ulong)]);
                checksum = 0;
            }

            count++;
            checksum = Checksum(checksum, bytes);
            stream.Write(bytes);
        }

        EndBlock(fences, checksum, word);
        BinaryPrimitives.WriteUInt64BigEndian(head, Magic);
        BinaryPrimitives.WriteInt64BigEndian(head.AsSpan(8), from);
        BinaryPrimitives.WriteInt64BigEndian(head.AsSpan(16), to);
        BinaryPrimitives.WriteInt64BigEndian(head.AsSpan(24), count);
        root.CopyTo(head, 32);
        var end = fences.ToArray();
        stream.Write(end);
        stream.Write(SHA256.HashData([.. head, .. end]));
        stream.Position = 0;
        stream.Write(head);
    }

    private static void EndBlock(List<byte> fences, uint checksum, Span<byte> word)
    {
        if (fences.Count > 0)
        {
            BinaryPrimitives.WriteUInt32BigEndian(word, checksum);
            fences.AddRange(word);
        }
    }

    private static uint Checksum(uint checksum, ReadOnlySpan<byte> records)
    {
        for (; !records.IsEmpty; records = records[sizeof(ulong)..])
        {
            checksum = BitOperations.Crc32C(checksum, BinaryPrimitives.ReadUInt64BigEndian(records));
        }

        return checksum;
    }

    private static IndexRun? Read(string path, SafeFileHandle file)
    {
        var length = RandomAccess.GetLength(file);
        var head = new byte[HeadSize];
        if (length < HeadSize + SHA256.HashSizeInBytes || !ReadAt(file, head, 0) || BinaryPrimitives.ReadUInt64BigEndian(head) != Magic)
        {
            return null;
        }

        var from = BinaryPrimitives.ReadInt64BigEndian(head.AsSpan(8));
        var to = BinaryPrimitives.ReadInt64BigEndian(head.AsSpan(16));
        var count = BinaryPrimitives.ReadInt64BigEndian(head.AsSpan(24));
        var blocks = (count + BlockRecords - 1) / BlockRecords;
        if (from < 0 || to <= from || count < 0 || count > length / IndexRecord.Size
            || length != HeadSize + (count * IndexRecord.Size) + (blocks * FenceSize) + SHA256.HashSizeInBytes)
        {
            return null;
        }

        var end = new byte[(int)(blocks * FenceSize) + SHA256.HashSizeInBytes];
        if (!ReadAt(file, end, HeadSize + (count * IndexRecord.Size))
            || !SHA256.HashData([.. head, .. end[..^SHA256.HashSizeInBytes]]).AsSpan().SequenceEqual(end.AsSpan(end.Length - SHA256.HashSizeInBytes)))
        {
            return null;
        }

        var (fences, checksums) = (new ulong[blocks], new uint[blocks]);
        for (var i = 0; i < fences.Length; i++)
        {
            fences[i] = BinaryPrimitives.ReadUInt64BigEndian(end.AsSpan(i * FenceSize));
            checksums[i] = BinaryPrimitives.ReadUInt32BigEndian(end.AsSpan((i * FenceSize) + sizeof(ulong)));
        }

        return new IndexRun(path, file, from, to, count, head[32..], fences, checksums);
    }

    private static bool ReadAt(SafeFileHandle file, Span<byte> buffer, long offset)
    {
        while (!buffer.IsEmpty)
        {
            var read = RandomAccess.Read(file, buffer, offset);
            if (read == 0)
            {
                return false;
            }

            buffer = buffer[read..];
            offset += read;
        }

        return true;
    }

    /// <returns>Whether the block before may have the key as well.</returns>
    private static bool FindInBlock(ReadOnlySpan<byte> bytes, int records, ulong key, List<long> found, int limit)
    {
        var (low, high) = (0, records);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = IndexRecord.Read(bytes[(middle * IndexRecord.Size)..]).Key <= key ? (middle + 1, high) : (low, middle);
        }

        while (--low >= 0 && found.Count < limit)
        {
            var record = IndexRecord.Read(bytes[(low * IndexRecord.Size)..]);
            if (record.Key != key)
            {
                return false;
            }

            found.Add(record.Entry);
        }

        return low < 0;
    }

    private int RecordsOf(int block) => (int)Math.Min(BlockRecords, count - ((long)block * BlockRecords));

    /// <returns>False where it cannot be read, or is not what was written; the run counts as damaged from then on.</returns>
    private bool TryReadBlock(int block, Span<byte> bytes)
    {
        try
        {
            if (ReadAt(file, bytes, HeadSize + ((long)block * BlockSize)) && Checksum(0, bytes) == checksums[block])
            {
                return true;
            }
        }
        catch (IOException)
        {
            // A sector that cannot be read is as good as one that was changed: the entries have it all.
        }

        damaged = true;
        return false;
    }

    private int LastEqual(int block)
    {
        while (block + 1 < fences.Length && fences[block + 1] == fences[block])
        {
            block++;
        }

        return block;
    }
}
