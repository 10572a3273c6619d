using System.Text;

namespace CiCompliance.Source;

/// <summary>Reads the header lines of a commit or tag: <c>name SP value LF</c>, ended by an empty line or the end of the object.</summary>
internal ref struct ObjectHeader(ReadOnlySpan<byte> content)
{
    private readonly ReadOnlySpan<byte> content = content;

    /// <summary>Offset of the next line.</summary>
    public int Position { get; private set; }

    /// <summary>The next header line without its line end; false at the end of the headers.</summary>
    /// <exception cref="FormatException">No line end, or a NUL byte: git's own parsers would stop there and see another object.</exception>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        line = default;
        var rest = content[Position..];
        if (rest.IsEmpty || rest[0] == '\n')
        {
            return false;
        }

        var end = rest.IndexOf((byte)'\n');
        if (end < 0 || rest[..end].Contains((byte)0))
        {
            throw end < 0
                ? new LocalizedFormatException("a header line does not end", "头部行没有结尾")
                : new LocalizedFormatException("a header line holds a NUL byte", "头部行含 NUL 字节");
        }

        line = rest[..end];
        Position += end + 1;
        return true;
    }

    /// <summary>Reads the header that must come next.</summary>
    public ReadOnlySpan<byte> Require(ReadOnlySpan<byte> name) =>
        TryRead(out var line) && TryValue(line, name, out var value)
            ? value
            : throw new LocalizedFormatException($"the header '{Encoding.ASCII.GetString(name)}' is not where it belongs", $"头部“{Encoding.ASCII.GetString(name)}”位置不对");

    public static bool TryValue(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        var matches = line.Length > name.Length && line[name.Length] == ' ' && line.StartsWith(name);
        value = matches ? line[(name.Length + 1)..] : default;
        return matches;
    }

    public static string ToOid(ReadOnlySpan<byte> value, GitObjectFormat? expected)
    {
        var oid = value.Length <= 64 ? Encoding.Latin1.GetString(value) : "";
        var format = GitObjectId.FormatOf(oid);
        return expected is null || expected == format ? oid : throw new LocalizedFormatException("object ids of two formats", "对象标识有两种格式");
    }
}
