using System.Buffers.Binary;

namespace CiCompliance.Cryptography.OpenPgp;

/// <summary>Reads packets and fields of OpenPGP data (RFC 4880 §3, §4). Whatever doesn't fit is a <see cref="FormatException"/>.</summary>
internal ref struct PgpReader(ReadOnlySpan<byte> data)
{
    private readonly ReadOnlySpan<byte> whole = data;
    private ReadOnlySpan<byte> rest = data;

    public readonly bool IsAtEnd => rest.IsEmpty;

    public readonly int Position => whole.Length - rest.Length;

    public byte ReadByte() => ReadBytes(1)[0];

    public ushort ReadUInt16() => BinaryPrimitives.ReadUInt16BigEndian(ReadBytes(2));

    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32BigEndian(ReadBytes(4));

    public ReadOnlySpan<byte> ReadBytes(uint count)
    {
        if (count > (uint)rest.Length)
        {
            throw new FormatException("the data ends too early");
        }

        var bytes = rest[..(int)count];
        rest = rest[(int)count..];
        return bytes;
    }

    public ReadOnlySpan<byte> ReadToEnd() => ReadBytes((uint)rest.Length);

    /// <summary>A multiprecision integer without leading zeros; its stated bit length must be the true one.</summary>
    public ReadOnlySpan<byte> ReadMpi() => ReadMpi(mayStateField: false);

    /// <summary>
    /// An integer of a signature. Go's OpenPGP library, and so GitHub's web-flow key, states the length of the whole field, leading zero
    /// bits included: whole bytes are accepted besides the true length.
    /// </summary>
    public ReadOnlySpan<byte> ReadSignatureMpi() => ReadMpi(mayStateField: true);

    private ReadOnlySpan<byte> ReadMpi(bool mayStateField)
    {
        var bits = ReadUInt16();
        var bytes = ReadBytes((uint)(bits + 7) / 8);
        return bytes.IsEmpty || (mayStateField && bits % 8 == 0)
            || 32 - System.Numerics.BitOperations.LeadingZeroCount((uint)bytes[0]) == ((bits - 1) % 8) + 1
            ? bytes
            : throw new FormatException("an integer of another length than stated");
    }

    public DateTimeOffset ReadTime() => DateTimeOffset.FromUnixTimeSeconds(ReadUInt32());

    /// <summary>One packet; partial and indeterminate lengths are refused, as they make no sense for keys and signatures.</summary>
    public ReadOnlySpan<byte> ReadPacket(out PgpTag tag)
    {
        var header = ReadByte();
        if ((header & 0x80) == 0)
        {
            throw new FormatException("not an OpenPGP packet");
        }

        if ((header & 0x40) != 0)
        {
            tag = (PgpTag)(header & 0x3F);
            return ReadBytes(ReadNewLength(partialFrom: 224));
        }

        tag = (PgpTag)((header >> 2) & 0x0F);
        return (header & 3) switch
        {
            0 => ReadBytes(ReadByte()),
            1 => ReadBytes(ReadUInt16()),
            2 => ReadBytes(ReadUInt32()),
            _ => throw new FormatException("a packet of indeterminate length"),
        };
    }

    /// <summary>One signature subpacket with its type octet's critical bit (RFC 4880 §5.2.3.1).</summary>
    public ReadOnlySpan<byte> ReadSubpacket(out int type, out bool isCritical)
    {
        var body = ReadBytes(ReadNewLength(partialFrom: 255));
        if (body.IsEmpty)
        {
            throw new FormatException("a subpacket without a type");
        }

        type = body[0] & 0x7F;
        isCritical = (body[0] & 0x80) != 0;
        return body[1..];
    }

    private uint ReadNewLength(int partialFrom)
    {
        var first = ReadByte();
        return first switch
        {
            < 192 => first,
            255 => ReadUInt32(),
            _ when first < partialFrom => (uint)(((first - 192) << 8) + ReadByte() + 192),
            _ => throw new FormatException("a packet of partial length"),
        };
    }
}

internal enum PgpTag
{
    Signature = 2,
    SecretKey = 5,
    PublicKey = 6,
    SecretSubkey = 7,
    Marker = 10,
    Trust = 12,
    UserId = 13,
    PublicSubkey = 14,
    UserAttribute = 17,
    Padding = 21,
}
