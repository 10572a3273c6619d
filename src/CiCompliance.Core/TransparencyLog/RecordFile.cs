using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace CiCompliance.TransparencyLog;

/// <summary>
/// Records of one size, appended in memory and written by <see cref="Flush"/>. Never forced to the disk: what it holds follows from
/// the entries and is made again from them when a crash left it short or wrong.
/// </summary>
internal sealed class RecordFile(SafeFileHandle file, int recordSize) : IHashStore
{
    private const int MaxPending = 1 << 16;

    private readonly Lock gate = new();
    private readonly ArrayBufferWriter<byte> pending = new();
    private long written = RandomAccess.GetLength(file) / recordSize;

    public long Count
    {
        get
        {
            lock (gate)
            {
                return written + (pending.WrittenCount / recordSize);
            }
        }
    }

    public byte[] Read(long position)
    {
        var record = new byte[recordSize];
        lock (gate)
        {
            if (position >= written)
            {
                pending.WrittenSpan.Slice((int)((position - written) * recordSize), recordSize).CopyTo(record);
                return record;
            }
        }

        return RandomAccess.Read(file, record, position * recordSize) == recordSize
            ? record
            : throw new EndOfStreamException("a record is not whole");
    }

    public void Append(ReadOnlySpan<byte> record)
    {
        lock (gate)
        {
            pending.Write(record);
            if (pending.WrittenCount > MaxPending)
            {
                Flush();
            }
        }
    }

    public void Flush()
    {
        lock (gate)
        {
            RandomAccess.Write(file, pending.WrittenSpan, written * recordSize);
            written += pending.WrittenCount / recordSize;
            pending.Clear();
        }
    }

    /// <summary>Forgets everything after the first <paramref name="count"/> records.</summary>
    public void Cut(long count)
    {
        lock (gate)
        {
            pending.Clear();
            written = count;
            RandomAccess.SetLength(file, count * recordSize);
        }
    }
}
