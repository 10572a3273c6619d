using System.Text;
using CiCompliance.BinaryHardening;

namespace CiCompliance.Go;

/// <summary>Finds and decodes <c>.go.buildinfo</c> (Go's debug/buildinfo: 32-byte header, then two strings with varint lengths).</summary>
internal static class BuildInfoReader
{
    private const int HeaderSize = 32;
    private const int MaxBytes = 16 << 20;
    private const byte InlineStrings = 2;
    private const int SentinelSize = 16;

    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    public static GoBuildInfo Read(ElfFile file)
    {
        if (file.Section(".go.buildinfo") is not { } section || section.Type == ElfSection.NoBits)
        {
            throw new BuildInfoException("no .go.buildinfo section");
        }

        if (section.Size is < HeaderSize or > MaxBytes)
        {
            throw new BuildInfoException("the .go.buildinfo section is too small or too large");
        }

        // What the program itself would report lies in memory; a section elsewhere in the file would be a forged one.
        if (!section.IsAllocated || file.OffsetOf(section.Address, section.Size, ".go.buildinfo") != section.Offset)
        {
            throw new BuildInfoException("the .go.buildinfo section is not what the program loads");
        }

        var data = new byte[section.Size];
        file.ReadAt(section.Offset, data);
        return Decode(data);
    }

    internal static GoBuildInfo Decode(ReadOnlySpan<byte> data)
    {
        if (data.Length < HeaderSize || data[0] != 0xff || !data[1..].StartsWith(" Go buildinf:"u8))
        {
            throw new BuildInfoException("no Go build information mark");
        }

        if ((data[15] & InlineStrings) == 0)
        {
            throw new BuildInfoException("written by a Go version before 1.18; build with a newer one");
        }

        var rest = data[HeaderSize..];
        var version = Text(TakeString(ref rest));
        var modules = TakeString(ref rest);
        if (version.Length == 0)
        {
            throw new BuildInfoException("no Go version");
        }

        // The linker puts 16 marker bytes on either side of the text.
        if (modules.Length < (2 * SentinelSize) + 1 || modules[^(SentinelSize + 1)] != (byte)'\n')
        {
            throw new BuildInfoException("no module information");
        }

        return BuildInfoParser.Parse(version, Text(modules[SentinelSize..^SentinelSize]));
    }

    private static ReadOnlySpan<byte> TakeString(ref ReadOnlySpan<byte> rest)
    {
        ulong length = 0;
        for (var i = 0; ; i++)
        {
            if (i >= rest.Length || i > 4)
            {
                throw new BuildInfoException("a length is malformed");
            }

            length |= (ulong)(rest[i] & 0x7f) << (7 * i);
            if (rest[i] < 0x80)
            {
                rest = rest[(i + 1)..];
                break;
            }
        }

        if (length > (ulong)rest.Length)
        {
            throw new BuildInfoException("a text reaches past the end");
        }

        var text = rest[..(int)length];
        rest = rest[(int)length..];
        return text;
    }

    private static string Text(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            throw new BuildInfoException("text that is not UTF-8", e);
        }
    }
}
