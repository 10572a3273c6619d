using System.Buffers.Binary;
using System.Text;

namespace CiCompliance.Cryptography.Ssh;

/// <summary>Reads the data types of RFC 4251 §5 in their one canonical form. Whatever doesn't fit is a <see cref="FormatException"/>.</summary>
internal ref struct SshReader(ReadOnlySpan<byte> data)
{
    private const int MaxName = 256;

    private ReadOnlySpan<byte> rest = data;

    public readonly bool IsAtEnd => rest.IsEmpty;

    public byte ReadByte() => ReadBytes(1)[0];

    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32BigEndian(ReadBytes(4));

    public ReadOnlySpan<byte> ReadString() => ReadBytes(ReadUInt32());

    /// <summary>A string of printable ASCII: names of algorithms, namespaces and applications.</summary>
    public string ReadName()
    {
        var name = ReadString();
        return name.Length <= MaxName && !name.ContainsAnyExceptInRange((byte)' ', (byte)'~')
            ? Encoding.ASCII.GetString(name)
            : throw new FormatException("a name that is too long or not printable");
    }

    /// <summary>A positive integer, without the zero octet that keeps it positive.</summary>
    public ReadOnlySpan<byte> ReadMpint() => ReadString() switch
    {
        [0, >= 0x80, ..] number => number[1..],
        [> 0 and < 0x80, ..] number => number,
        _ => throw new FormatException("an integer that is not positive, or not in its shortest form"),
    };

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

    public readonly void RequireEnd()
    {
        if (!IsAtEnd)
        {
            throw new FormatException("something lies behind the data");
        }
    }
}
