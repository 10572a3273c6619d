using System.Text.Json;
using System.Text.Json.Serialization;
using CiCompliance.Json;

namespace CiCompliance.Source;

/// <summary><c>source/source.json</c>: which commit was built, from which range of verified commits.</summary>
/// <param name="Commit">HEAD of the range; <paramref name="Tree"/> is its tree and what is built.</param>
/// <param name="Base">The excluded start of the range, or null where all history was verified.</param>
/// <param name="ModuleDirectory">The Go module's folder within the tree: empty, or <c>sub/dir</c>.</param>
/// <param name="Branch">The branch that the rules were applied for, the caller's word; or null.</param>
/// <param name="Commits">How many lines <c>source/commits.jsonl</c> has.</param>
/// <param name="Engine"><c>libgit2</c> or <c>cat-file</c>.</param>
public sealed record SourceRecord(
    string Repository,
    string ObjectFormat,
    string Commit,
    string Tree,
    string? Base,
    string? Tag,
    string? Branch,
    string ModuleDirectory,
    long Commits,
    string Engine)
{
    public byte[] ToJson() => CanonicalJson.Serialize(this, SourceContext.Default.SourceRecord);

    /// <exception cref="JsonException">Not such a record in canonical form.</exception>
    public static SourceRecord Parse(ReadOnlySpan<byte> json) => StrictJson.ParseCanonical(json, SourceContext.Default.SourceRecord);
}

/// <summary>The format of a signature found in a commit or tag.</summary>
[JsonConverter(typeof(KebabCaseEnumConverter<SignatureFormat>))]
public enum SignatureFormat
{
    None,
    [JsonStringEnumMemberName("openpgp")]
    OpenPgp,
    Cms,
    Ssh,
    Unknown,
}

/// <summary>One line of <c>source/commits.jsonl</c> (children before parents) and of <c>source/tags.jsonl</c>.</summary>
/// <param name="Raw">The object's own bytes, without git's header; the id is the hash of header and these.</param>
/// <param name="Type"><c>commit</c> or <c>tag</c>.</param>
/// <param name="KeyIds">Ids of the trusted keys that verified it, in the order of its signatures; empty where it was refused.</param>
/// <param name="Code">The diagnostic that stopped it, or null.</param>
public sealed record SignedObjectRow(
    string Oid,
    string Type,
    byte[] Raw,
    SignatureFormat Format,
    IReadOnlyList<string> KeyIds,
    Verdict Verdict,
    string? Code)
{
    public byte[] ToJson() => CanonicalJson.Serialize(this, SourceContext.Default.SignedObjectRow);

    /// <exception cref="JsonException">Not such a row in canonical form.</exception>
    public static SignedObjectRow Parse(ReadOnlySpan<byte> json) => StrictJson.ParseCanonical(json, SourceContext.Default.SignedObjectRow);
}

/// <summary>One line of <c>source/ancestry.jsonl</c>: commits that link a boundary parent of the range to its base; hash-linked, not re-verified.</summary>
public sealed record AncestryRow(string Oid, byte[] Raw)
{
    public byte[] ToJson() => CanonicalJson.Serialize(this, SourceContext.Default.AncestryRow);

    /// <exception cref="JsonException">Not such a row in canonical form.</exception>
    public static AncestryRow Parse(ReadOnlySpan<byte> json) => StrictJson.ParseCanonical(json, SourceContext.Default.AncestryRow);
}

/// <summary>One line of <c>source/trees.jsonl</c>: a tree object that shows what commits change, where a rule of the policy has paths.</summary>
public sealed record TreeRow(string Oid, byte[] Raw)
{
    public byte[] ToJson() => CanonicalJson.Serialize(this, SourceContext.Default.TreeRow);

    /// <exception cref="JsonException">Not such a row in canonical form.</exception>
    public static TreeRow Parse(ReadOnlySpan<byte> json) => StrictJson.ParseCanonical(json, SourceContext.Default.TreeRow);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    Converters = [typeof(KebabCaseEnumConverter<Verdict>)])]
[JsonSerializable(typeof(SourceRecord))]
[JsonSerializable(typeof(SignedObjectRow))]
[JsonSerializable(typeof(AncestryRow))]
[JsonSerializable(typeof(TreeRow))]
internal sealed partial class SourceContext : JsonSerializerContext;
