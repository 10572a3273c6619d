using System.Buffers;

namespace CiCompliance.Source;

/// <summary>The headers of one object that hold signatures: <c>gpgsig</c> for SHA-1, <c>gpgsig-sha256</c> for SHA-256 (git's hash function transition).</summary>
internal sealed class SignatureHeaders(GitObjectFormat format)
{
    private readonly List<Range> all = [];
    private List<Range>? open;

    /// <summary>Of the object's own format.</summary>
    public List<Range> Own { get; } = [];

    /// <summary>Of the other format.</summary>
    public List<Range> Foreign { get; } = [];

    /// <summary>There is a header whose name only begins like theirs.</summary>
    public bool HasStrange { get; private set; }

    public bool IsEmpty => all.Count == 0 && !HasStrange;

    /// <summary>Takes the next header line in; any that belongs to no signature is left aside.</summary>
    public void Add(ReadOnlySpan<byte> line, Range range)
    {
        if (line[0] == ' ')
        {
            if (open is not null)
            {
                all[^1] = open[^1] = open[^1].Start..range.End;
            }

            return;
        }

        open = ObjectHeader.TryValue(line, "gpgsig"u8, out _) ? ListOf(GitObjectFormat.Sha1)
            : ObjectHeader.TryValue(line, "gpgsig-sha256"u8, out _) ? ListOf(GitObjectFormat.Sha256)
            : null;
        HasStrange |= open is null && line.StartsWith("gpgsig"u8);
        if (open is not null)
        {
            open.Add(range);
            all.Add(range);
        }
    }

    public ReadOnlyMemory<byte> RemoveFrom(ReadOnlyMemory<byte> content)
    {
        var rest = new ArrayBufferWriter<byte>(Math.Max(1, content.Length));
        var from = 0;
        foreach (var range in all)
        {
            var (start, length) = range.GetOffsetAndLength(content.Length);
            rest.Write(content.Span[from..start]);
            from = start + length;
        }

        rest.Write(content.Span[from..]);
        return rest.WrittenMemory;
    }

    private List<Range> ListOf(GitObjectFormat of) => of == format ? Own : Foreign;
}
