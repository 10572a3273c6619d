using System.Buffers.Binary;

namespace CiCompliance.Server.Search;

/// <summary>One record of a run: a key and the entry that has it. Runs are sorted by both.</summary>
internal readonly record struct IndexRecord(ulong Key, long Entry) : IComparable<IndexRecord>
{
    public const int Size = 16;

    public static IndexRecord Read(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadInt64BigEndian(bytes[sizeof(ulong)..]));

    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64BigEndian(bytes, Key);
        BinaryPrimitives.WriteInt64BigEndian(bytes[sizeof(ulong)..], Entry);
    }

    public int CompareTo(IndexRecord other) => Key != other.Key ? Key.CompareTo(other.Key) : Entry.CompareTo(other.Entry);
}
