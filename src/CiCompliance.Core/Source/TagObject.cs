using System.Text;

namespace CiCompliance.Source;

/// <summary>An annotated tag, parsed as bytes. Its signature is the armour at the end of the message. Pure, as <see cref="CommitObject"/>.</summary>
public sealed class TagObject
{
    private readonly int message;
    private readonly SignatureHeaders signatures;

    private TagObject(ReadOnlyMemory<byte> raw, string target, string targetType, string name, byte[]? tagger, int message, SignatureHeaders signatures)
    {
        Raw = raw;
        Target = target;
        TargetType = targetType;
        Name = name;
        Tagger = tagger is null ? null : GitIdentity.Parse(tagger);
        this.message = message;
        this.signatures = signatures;
    }

    public ReadOnlyMemory<byte> Raw { get; }

    /// <summary>Id of the tagged object.</summary>
    public string Target { get; }

    /// <summary>One of <see cref="GitObjectType"/>.</summary>
    public string TargetType { get; }

    /// <summary>The name that was signed; the ref that points here may be called otherwise.</summary>
    public string Name { get; }

    /// <summary>Null in very old tags, which name none.</summary>
    public GitIdentity? Tagger { get; }

    /// <param name="expected">The format of the tag's own id; null where that isn't known: then its target's.</param>
    /// <exception cref="FormatException">Not a tag object, or one of another format.</exception>
    public static TagObject Parse(ReadOnlyMemory<byte> raw, GitObjectFormat? expected = null)
    {
        var header = new ObjectHeader(raw.Span);
        var target = ObjectHeader.ToOid(header.Require("object"u8), expected);
        var type = Encoding.Latin1.GetString(header.Require("type"u8));
        if (type is not (GitObjectType.Commit or GitObjectType.Tag or GitObjectType.Tree or GitObjectType.Blob))
        {
            throw new LocalizedFormatException("the tag names no known object type", "标签所指的对象类型未知");
        }

        var name = new UTF8Encoding(false, throwOnInvalidBytes: true);
        string text;
        try
        {
            text = name.GetString(header.Require("tag"u8));
        }
        catch (DecoderFallbackException e)
        {
            throw new LocalizedFormatException("the tag's name is not UTF-8", "标签名不是 UTF-8", e);
        }

        var signatures = new SignatureHeaders(GitObjectId.FormatOf(target));
        byte[]? tagger = null;
        var start = header.Position;
        while (header.TryRead(out var line))
        {
            signatures.Add(line, start..header.Position);
            start = header.Position;
            if (ObjectHeader.TryValue(line, "tagger"u8, out var identity))
            {
                tagger = tagger is null ? identity.ToArray() : throw new LocalizedFormatException("a header of the tag stands twice", "标签的头部重复");
            }

            if (ObjectHeader.TryValue(line, "object"u8, out _) || ObjectHeader.TryValue(line, "type"u8, out _) || ObjectHeader.TryValue(line, "tag"u8, out _))
            {
                throw new LocalizedFormatException("a header of the tag stands twice", "标签的头部重复");
            }
        }

        return new TagObject(raw, target, type, text, tagger, header.Position, signatures);
    }

    /// <summary>
    /// The signature and what it covers: everything before the last line that begins an armour, as git takes it, without the header that may hold
    /// a signature for the other object format. A header for the object's own format has no place in a tag.
    /// </summary>
    public ObjectSignature ReadSignature()
    {
        var content = Raw.Span;
        var armour = -1;
        for (var line = message; line < content.Length;)
        {
            if (ObjectSignature.FormatOf(content[line..]) != SignatureFormat.Unknown)
            {
                armour = line;
            }

            var end = content[line..].IndexOf((byte)'\n');
            line = end < 0 ? content.Length : line + end + 1;
        }

        if (armour < 0)
        {
            return new ObjectSignature(signatures.IsEmpty ? SignatureFormat.None : SignatureFormat.Unknown, default, Raw, Tagger?.At);
        }

        var format = signatures is { Own.Count: 0, Foreign.Count: <= 1, HasStrange: false } ? ObjectSignature.FormatOf(content[armour..]) : SignatureFormat.Unknown;
        return new ObjectSignature(format, Raw[armour..], signatures.RemoveFrom(Raw[..armour]), Tagger?.At);
    }
}
