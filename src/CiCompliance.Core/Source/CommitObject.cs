using System.Buffers;
using System.Text;

namespace CiCompliance.Source;

/// <summary>
/// A commit, parsed as bytes (git-commit(1), gitformat-signature(5)). Pure: the offline verifier uses it on recorded objects.
/// Stricter than git where git's own parsers disagree: headers in their order, none of the first four twice, no NUL in a header.
/// </summary>
public sealed class CommitObject
{
    /// <summary>Names of encodings begin so in which ASCII bytes are ASCII.</summary>
    private static readonly string[] AsciiSupersets =
        ["UTF-8", "UTF8", "US-ASCII", "ASCII", "ISO-8859", "ISO8859", "LATIN", "GB", "BIG5", "EUC-", "SHIFT", "SJIS", "WINDOWS-", "CP125", "KOI8"];

    private readonly SignatureHeaders signatures;

    private CommitObject(ReadOnlyMemory<byte> raw, string tree, List<string> parents, GitIdentity author, GitIdentity committer, SignatureHeaders signatures)
    {
        Raw = raw;
        Tree = tree;
        Parents = parents;
        Author = author;
        Committer = committer;
        this.signatures = signatures;
    }

    public ReadOnlyMemory<byte> Raw { get; }

    public string Tree { get; }

    public IReadOnlyList<string> Parents { get; }

    public GitIdentity Author { get; }

    public GitIdentity Committer { get; }

    public DateTimeOffset? CommittedAt => Committer.At;

    /// <param name="expected">The format of the commit's own id; null where that isn't known: then its tree's.</param>
    /// <exception cref="FormatException">Not a commit object, or one of another format.</exception>
    public static CommitObject Parse(ReadOnlyMemory<byte> raw, GitObjectFormat? expected = null)
    {
        var header = new ObjectHeader(raw.Span);
        var tree = ObjectHeader.ToOid(header.Require("tree"u8), expected);
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
        var others = ReadOtherHeaders(ref header, format, out var isPlain);

        // git passes over a parent that stands twice, and shows the lines in the encoding that the commit names: in some an address means another.
        return new CommitObject(raw, tree, [.. parents.Distinct(StringComparer.Ordinal)],
            isPlain ? authored : authored with { Mail = null }, isPlain ? committed : committed with { Mail = null }, others);
    }

    /// <summary>
    /// The signature of the object's own format and what it covers: the object without its signature headers, as git has it. Beside it may stand
    /// the one made for the other format, over the object in that format: it is not verified. Several of one format, none of the own, or a header
    /// that only begins like one (git leaves it out of what is signed) are <see cref="SignatureFormat.Unknown"/>: what they mean would be a guess.
    /// </summary>
    public ObjectSignature ReadSignature()
    {
        if (signatures.IsEmpty)
        {
            return new ObjectSignature(SignatureFormat.None, default, Raw, CommittedAt);
        }

        var armour = new ArrayBufferWriter<byte>();
        signatures.Own.ForEach(header => Unfold(Raw.Span[header], armour));
        var format = signatures is { Own.Count: 1, Foreign.Count: <= 1, HasStrange: false } ? ObjectSignature.FormatOf(armour.WrittenSpan) : SignatureFormat.Unknown;
        return new ObjectSignature(format, armour.WrittenMemory, signatures.RemoveFrom(Raw), CommittedAt);
    }

    private static SignatureHeaders ReadOtherHeaders(ref ObjectHeader header, GitObjectFormat format, out bool isPlain)
    {
        isPlain = true;
        var signatures = new SignatureHeaders(format);
        var start = header.Position;
        while (header.TryRead(out var line))
        {
            signatures.Add(line, start..header.Position);
            isPlain &= !ObjectHeader.TryValue(line, "encoding"u8, out var encoding) || HoldsAscii(encoding);
            if (IsFirstFour(line))
            {
                throw new LocalizedFormatException("a header of the commit stands twice", "提交的头部重复");
            }

            start = header.Position;
        }

        return signatures;
    }

    private static bool HoldsAscii(ReadOnlySpan<byte> encoding)
    {
        var name = Encoding.Latin1.GetString(encoding);
        return Array.Exists(AsciiSupersets, prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
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
