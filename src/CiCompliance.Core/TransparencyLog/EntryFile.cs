using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace CiCompliance.TransparencyLog;

/// <summary>
/// The entries of a log one after the other: body length (4 bytes, big-endian), time (8), first 8 bytes of SHA-256 over these and the
/// body, body. The check is against torn writes, not against an attacker: that is what the tree is for.
/// </summary>
internal sealed class EntryFile(SafeFileHandle file)
{
    /// <summary>Of what is appended: a tile of entries gives a length in 16 bits (C2SP tlog-tiles), and <c>serve log</c> serves every log.</summary>
    public const int MaxBody = ushort.MaxValue;

    /// <summary>Of what is read: logs from before the limit above may hold more, and stay readable.</summary>
    private const int MaxStored = 1 << 20;

    private const int HeadSize = 12;
    private const int CheckSize = 8;

    public long Length => RandomAccess.GetLength(file);

    /// <summary>What forces the file to the disk; a test may let it fail.</summary>
    internal Action<SafeFileHandle> ToDisk { get; set; } = RandomAccess.FlushToDisk;

    public static byte[] Encode(byte[] body, long time)
    {
        var record = new byte[HeadSize + CheckSize + body.Length];
        BinaryPrimitives.WriteInt32BigEndian(record, body.Length);
        BinaryPrimitives.WriteInt64BigEndian(record.AsSpan(4), time);
        body.CopyTo(record, HeadSize + CheckSize);
        CheckOf(record).CopyTo(record.AsSpan(HeadSize));
        return record;
    }

    /// <summary>The whole, undamaged record at that place and where the next one begins, or null.</summary>
    public (byte[] Body, long Time, long End)? TryRead(long offset)
    {
        var head = new byte[HeadSize];
        if (offset < 0 || !ReadFully(head, offset))
        {
            return null;
        }

        var length = BinaryPrimitives.ReadInt32BigEndian(head);
        if (length is < 0 or > MaxStored)
        {
            return null;
        }

        var record = new byte[HeadSize + CheckSize + length];
        return ReadFully(record, offset) && CheckOf(record).AsSpan().SequenceEqual(record.AsSpan(HeadSize, CheckSize))
            ? (record[(HeadSize + CheckSize)..], BinaryPrimitives.ReadInt64BigEndian(record.AsSpan(4)), offset + record.Length)
            : null;
    }

    /// <summary>Writes at the end and returns only when it is on the disk.</summary>
    public void Append(ReadOnlySpan<byte> records, long offset)
    {
        Write(records, offset);
        Flush();
    }

    public void Write(ReadOnlySpan<byte> records, long offset) => RandomAccess.Write(file, records, offset);

    public void Flush() => ToDisk(file);

    public void Cut(long length)
    {
        RandomAccess.SetLength(file, length);
        Flush();
    }

    private static byte[] CheckOf(byte[] record)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(record, 0, HeadSize);
        hash.AppendData(record, HeadSize + CheckSize, record.Length - HeadSize - CheckSize);
        return hash.GetHashAndReset()[..CheckSize];
    }

    private bool ReadFully(byte[] buffer, long offset)
    {
        for (var done = 0; done < buffer.Length;)
        {
            var read = RandomAccess.Read(file, buffer.AsSpan(done), offset + done);
            if (read == 0)
            {
                return false;
            }

            done += read;
        }

        return true;
    }
}
