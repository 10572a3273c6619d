using System.Buffers;

namespace CiCompliance.Source;

/// <summary>
/// A commit, parsed as bytes (git-commit(1), gitformat-signature(5)). Pure: the offline verifier uses it on recorded objects.
/// Stricter than git where git's own parsers disagree: headers in their order, none of the first four twice, no NUL in a header.
/// </summary>
public sealed class CommitObject
{
    private readonly List<Range> signatures;
    private readonly bool foreignSignature;

    private CommitObject(ReadOnlyMemory<byte> raw, string tree, List<string> parents, GitIdentity author, GitIdentity committer, List<Range> signatures, bool foreignSignature)
    {
        Raw = raw;
        Tree = tree;
        Parents = parents;
        Author = author;
        Committer = committer;
        this.signatures = signatures;
        this.foreignSignature = foreignSignature;
    }

    public ReadOnlyMemory<byte> Raw { get; }

    public string Tree { get; }

    public IReadOnlyList<string> Parents { get; }

    public GitIdentity Author { get; }

    public GitIdentity Committer { get; }

    public DateTimeOffset? CommittedAt => Committer.At;

    /// <exception cref="FormatException">Not a commit object.</exception>
    public static CommitObject Parse(ReadOnlyMemory<byte> raw)
    {
        var header = new ObjectHeader(raw.Span);
        var tree = ObjectHeader.ToOid(header.Require("tree"u8), expected: null);
        var format = GitObjectId.FormatOf(tree);
        var parents = new List<string>();
        ReadOnlySpan<byte> author = default;
        while (header.TryRead(out var line) && !ObjectHeader.TryValue(line, "author"u8, out author))
        {
            parents.Add(ObjectHeader.TryValue(line, "parent"u8, out var parent)
                ? ObjectHeader.ToOid(parent, format)
                : throw new LocalizedFormatException("the header 'author' is not where it belongs", "头部“author”位置不对"));
        }

        if (author.IsEmpty)
        {
            throw new LocalizedFormatException("the header 'author' is missing", "缺少头部“author”");
        }

        var authored = GitIdentity.Parse(author);
        var committed = GitIdentity.Parse(header.Require("committer"u8));
        var signatures = ReadOtherHeaders(ref header, format, out var foreign);
        return new CommitObject(raw, tree, parents, authored, committed, signatures, foreign);
    }

    /// <summary>
    /// The signature and what it covers: the object without its signature header. More than one signature header, or one made for the
    /// other object format, is <see cref="SignatureFormat.Unknown"/>: which of them counts would be a guess.
    /// </summary>
    public ObjectSignature ReadSignature()
    {
        if (signatures.Count == 0 && !foreignSignature)
        {
            return new ObjectSignature(SignatureFormat.None, default, Raw, CommittedAt);
        }

        var armour = new ArrayBufferWriter<byte>();
        var payload = new ArrayBufferWriter<byte>(Raw.Length);
        var from = 0;
        foreach (var header in signatures)
        {
            var (start, length) = header.GetOffsetAndLength(Raw.Length);
            payload.Write(Raw.Span[from..start]);
            from = start + length;
            Unfold(Raw.Span.Slice(start, length), armour);
        }

        payload.Write(Raw.Span[from..]);
        var format = signatures.Count == 1 && !foreignSignature ? ObjectSignature.FormatOf(armour.WrittenSpan) : SignatureFormat.Unknown;
        return new ObjectSignature(format, armour.WrittenMemory, payload.WrittenMemory, CommittedAt);
    }

    private static List<Range> ReadOtherHeaders(ref ObjectHeader header, GitObjectFormat format, out bool foreign)
    {
        var own = format == GitObjectFormat.Sha1 ? "gpgsig"u8 : "gpgsig-sha256"u8;
        var signatures = new List<Range>();
        var inSignature = false;
        foreign = false;
        var start = header.Position;
        while (header.TryRead(out var line))
        {
            if (line[0] == ' ' && inSignature)
            {
                signatures[^1] = signatures[^1].Start..header.Position;
            }
            else if (line[0] != ' ')
            {
                inSignature = ObjectHeader.TryValue(line, own, out _);
                if (inSignature)
                {
                    signatures.Add(start..header.Position);
                }
                else if (line.StartsWith("gpgsig"u8))
                {
                    // git leaves every header that begins so out of what it verifies.
                    foreign = true;
                }
                else if (IsFirstFour(line))
                {
                    throw new LocalizedFormatException("a header of the commit stands twice", "提交的头部重复");
                }
            }

            start = header.Position;
        }

        return signatures;
    }

    private static bool IsFirstFour(ReadOnlySpan<byte> line) =>
        ObjectHeader.TryValue(line, "tree"u8, out _) || ObjectHeader.TryValue(line, "parent"u8, out _)
        || ObjectHeader.TryValue(line, "author"u8, out _) || ObjectHeader.TryValue(line, "committer"u8, out _);

    private static void Unfold(ReadOnlySpan<byte> header, ArrayBufferWriter<byte> output)
    {
        // The value begins after the header's name and a space, each further line after its own space.
        while (!header.IsEmpty)
        {
            var end = header.IndexOf((byte)'\n') + 1;
            output.Write(header[(header.IndexOf((byte)' ') + 1)..end]);
            header = header[end..];
        }
    }
}
