using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace CiCompliance.Cryptography.OpenPgp;

/// <summary>ASCII armour (RFC 4880 §6.2). The checksum may be absent (RFC 9580 §6.1); one that is there must match.</summary>
internal static class PgpArmor
{
    private const int MaxHeaders = 32;

    private static readonly int[] Crc24Table = [.. Enumerable.Range(0, 256).Select(Crc24Of)];

    /// <summary>Decodes the block that <paramref name="text"/> begins with.</summary>
    /// <param name="label">For example <c>PGP SIGNATURE</c>.</param>
    /// <param name="consumed">Up to and with the end line.</param>
    /// <exception cref="FormatException">Not such a block.</exception>
    public static byte[] Decode(ReadOnlySpan<byte> text, string label, out int consumed)
    {
        var rest = text;
        var end = Encoding.ASCII.GetBytes($"-----END {label}-----");
        if (!ReadLine(ref rest).SequenceEqual(Encoding.ASCII.GetBytes($"-----BEGIN {label}-----")))
        {
            throw new FormatException("the armour does not begin as it should");
        }

        SkipHeaders(ref rest);

        // Grows with the block: what lies behind may be many more of them.
        var base64 = new ArrayBufferWriter<byte>();
        int? checksum = null;
        while (true)
        {
            if (rest.IsEmpty)
            {
                throw new FormatException("the armour has no end");
            }

            var line = ReadLine(ref rest);
            if (line.SequenceEqual(end))
            {
                break;
            }

            if (checksum is not null)
            {
                throw new FormatException("the armour goes on behind its checksum");
            }

            if (line is [(byte)'=', _, _, _, _])
            {
                var crc = DecodeBase64(line[1..]);
                checksum = crc is [var high, var middle, var low] ? (high << 16) | (middle << 8) | low : throw new FormatException("no checksum");
                continue;
            }

            base64.Write(line);
        }

        var data = DecodeBase64(base64.WrittenSpan);
        if (data.Length == 0 || (checksum is { } expected && expected != Crc24(data)))
        {
            throw new FormatException("the armour's checksum does not match");
        }

        consumed = text.Length - rest.Length;
        return data;
    }

    private static void SkipHeaders(ref ReadOnlySpan<byte> rest)
    {
        for (var headers = 0; headers < MaxHeaders; headers++)
        {
            var line = ReadLine(ref rest);
            if (line.IsEmpty)
            {
                return;
            }

            if (line.IndexOf(": "u8) <= 0 && !line.EndsWith(":"u8))
            {
                break;
            }
        }

        throw new FormatException("the armour's headers do not end");
    }

    private static ReadOnlySpan<byte> ReadLine(ref ReadOnlySpan<byte> rest)
    {
        var end = rest.IndexOf((byte)'\n');
        var line = end < 0 ? rest : rest[..end];
        rest = end < 0 ? default : rest[(end + 1)..];
        return line.TrimEnd(" \t\r"u8);
    }

    private static byte[] DecodeBase64(ReadOnlySpan<byte> text)
    {
        var data = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        return Base64.DecodeFromUtf8(text, data, out var consumed, out var written) == OperationStatus.Done && consumed == text.Length
            ? data[..written]
            : throw new FormatException("the armour is not base64");
    }

    // RFC 4880 §6.1, eight bits at a time.
    private static int Crc24(ReadOnlySpan<byte> data)
    {
        var crc = 0xB704CE;
        foreach (var octet in data)
        {
            crc = ((crc << 8) & 0xFFFFFF) ^ Crc24Table[(crc >> 16) ^ octet];
        }

        return crc;
    }

    private static int Crc24Of(int octet)
    {
        var crc = octet << 16;
        for (var bit = 0; bit < 8; bit++)
        {
            crc <<= 1;
            crc = (crc & 0x1000000) != 0 ? crc ^ 0x1864CFB : crc;
        }

        return crc;
    }
}
