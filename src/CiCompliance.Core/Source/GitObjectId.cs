using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace CiCompliance.Source;

/// <summary>How a repository names its objects (git's <c>extensions.objectFormat</c>).</summary>
public enum GitObjectFormat
{
    Sha1,
    Sha256,
}

/// <summary>The four types of git objects, as they stand in object headers.</summary>
public static class GitObjectType
{
    public const string Commit = "commit";
    public const string Tree = "tree";
    public const string Blob = "blob";
    public const string Tag = "tag";
}

/// <summary>
/// Git object ids: lower-case hex of SHA-1 or SHA-256 over <c>type SP size NUL content</c>. SHA-1 ids are what git signs; that two
/// contents could share one id (a chosen-prefix collision) is a limit of SHA-1 repositories, named in docs/guides/verify-commits.md.
/// </summary>
public static class GitObjectId
{
    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    /// <param name="type">One of <see cref="GitObjectType"/>.</param>
    public static string Compute(string type, ReadOnlySpan<byte> content, GitObjectFormat format)
    {
        using var hash = new GitObjectHash(type, content.Length, format);
        hash.Append(content);
        return hash.Finish();
    }

    /// <summary>Whether the text is a full object id of the format.</summary>
    public static bool IsValid(ReadOnlySpan<char> text, GitObjectFormat format) =>
        text.Length == format.HexLength && !text.ContainsAnyExcept(LowerHex);

    /// <summary>The format that an id of this many hex digits has.</summary>
    /// <exception cref="FormatException">Not an object id.</exception>
    public static GitObjectFormat FormatOf(ReadOnlySpan<char> oid) =>
        IsValid(oid, GitObjectFormat.Sha1) ? GitObjectFormat.Sha1
        : IsValid(oid, GitObjectFormat.Sha256) ? GitObjectFormat.Sha256
        : throw new LocalizedFormatException("not an object id in lower-case hex", "不是小写十六进制对象标识");

    /// <param name="name"><c>sha1</c> or <c>sha256</c>, as in <see cref="SourceRecord.ObjectFormat"/>.</param>
    /// <exception cref="FormatException">Another name.</exception>
    public static GitObjectFormat ParseFormat(string name) => name switch
    {
        "sha1" => GitObjectFormat.Sha1,
        "sha256" => GitObjectFormat.Sha256,
        _ => throw new LocalizedFormatException($"'{name}' is not an object format", $"“{name}”不是对象格式"),
    };

    extension(GitObjectFormat format)
    {
        public int HexLength => format == GitObjectFormat.Sha1 ? 40 : 64;

        public int ByteLength => format == GitObjectFormat.Sha1 ? 20 : 32;

        public string Name => format == GitObjectFormat.Sha1 ? "sha1" : "sha256";
    }
}

/// <summary>Computes the id of an object whose content arrives in pieces; the size must be known first, as it is hashed first.</summary>
public sealed class GitObjectHash : IDisposable
{
    private readonly IncrementalHash hash;
    private readonly long size;
    private long seen;

    public GitObjectHash(string type, long size, GitObjectFormat format)
    {
        this.size = size;
        hash = IncrementalHash.CreateHash(format == GitObjectFormat.Sha1 ? HashAlgorithmName.SHA1 : HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.ASCII.GetBytes($"{type} {size}\0"));
    }

    public void Append(ReadOnlySpan<byte> content)
    {
        seen += content.Length;
        hash.AppendData(content);
    }

    /// <exception cref="InvalidOperationException">Fewer or more bytes were given than announced.</exception>
    public string Finish() => seen == size
        ? Convert.ToHexStringLower(hash.GetHashAndReset())
        : throw new InvalidOperationException($"{seen} bytes were hashed, {size} announced");

    public void Dispose() => hash.Dispose();
}
