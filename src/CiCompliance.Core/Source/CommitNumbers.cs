using System.Buffers.Binary;
using System.Security.Cryptography;

namespace CiCompliance.Source;

/// <summary>Object ids and their numbers, in the order of naming: the id's own bytes and 5 to 11 more each.</summary>
internal sealed class CommitNumbers(GitObjectFormat format)
{
    private const int PieceBits = 13;
    private const int PieceSize = 1 << PieceBits;
    private const int FirstSlots = 1 << 10;
    private const int MaxOid = 32;

    // Ids are hashes already, but who makes commits may choose their first bits: which slot they fall into must be nobody's to know.
    private readonly ulong secret = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(8)) | 1;
    private readonly List<byte[]> pieces = [];

    // Open addressing, a number plus one in each; 0: free.
    private int[] slots = new int[FirstSlots];

    public int Count { get; private set; }

    /// <summary>The number of an id, a new one where it has none.</summary>
    /// <exception cref="FormatException">Not an object id of the format: a shortened one could stand for another.</exception>
    public int NumberOf(string oid)
    {
        if (!GitObjectId.IsValid(oid, format))
        {
            throw new LocalizedFormatException("an object id of another format", "对象标识属于另一种格式");
        }

        Span<byte> bytes = stackalloc byte[MaxOid];
        bytes = bytes[..format.ByteLength];
        Convert.FromHexString(oid, bytes, out _, out _);
        var slot = SlotOf(bytes);
        for (; slots[slot] != 0; slot = Next(slot))
        {
            if (BytesOf(slots[slot] - 1).SequenceEqual(bytes))
            {
                return slots[slot] - 1;
            }
        }

        Add(bytes, slot);
        return Count - 1;
    }

    public string OidOf(int number) => Convert.ToHexStringLower(BytesOf(number));

    private Span<byte> BytesOf(int number) => pieces[number >> PieceBits].AsSpan((number & (PieceSize - 1)) * format.ByteLength, format.ByteLength);

    private int SlotOf(ReadOnlySpan<byte> oid) =>
        (int)((BinaryPrimitives.ReadUInt64LittleEndian(oid) * secret) >> (64 - int.TrailingZeroCount(slots.Length)));

    private int Next(int slot) => (slot + 1) & (slots.Length - 1);

    private void Add(ReadOnlySpan<byte> oid, int slot)
    {
        if (Count >> PieceBits == pieces.Count)
        {
            pieces.Add(new byte[PieceSize * format.ByteLength]);
        }

        slots[slot] = ++Count;
        oid.CopyTo(BytesOf(Count - 1));
        if (Count > slots.Length / 4 * 3)
        {
            Grow();
        }
    }

    private void Grow()
    {
        slots = new int[slots.Length * 2];
        for (var number = 0; number < Count; number++)
        {
            var slot = SlotOf(BytesOf(number));
            while (slots[slot] != 0)
            {
                slot = Next(slot);
            }

            slots[slot] = number + 1;
        }
    }
}
