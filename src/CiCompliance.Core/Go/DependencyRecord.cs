using System.Text.Json;
using System.Text.Json.Serialization;
using CiCompliance.Json;

namespace CiCompliance.Go;

/// <summary>How the module cache of a run began. <c>unknown</c> is not a pass.</summary>
[JsonConverter(typeof(KebabCaseEnumConverter<CacheOrigin>))]
public enum CacheOrigin
{
    Unknown,
    Empty,
}

/// <summary>How a vendor folder was judged.</summary>
[JsonConverter(typeof(KebabCaseEnumConverter<VendorMode>))]
public enum VendorMode
{
    /// <summary>No vendor folder in the tree.</summary>
    None,

    /// <summary>Compared file by file with the proven module zips.</summary>
    Verified,

    /// <summary>Policy <c>vendor: source-signed</c>: covered by the commit signatures only, so not applicable here, never passed.</summary>
    SourceSigned,
}

/// <summary><c>dependencies/modules.json</c>: every go.sum line against the pinned checksum database, and the module cache against both.</summary>
/// <param name="Proxy">The GOPROXY list in force.</param>
/// <param name="Sumdb">The verifier key (<c>name+hash+key</c>) whose tree head stands in <c>dependencies/treehead.txt</c>; null when go.sum is empty.</param>
/// <param name="ProxyToken">Whether the proxy was shown a token (<c>--proxy-token-file</c>): while modules were downloaded, the go command had GOAUTH=netrc.</param>
/// <param name="TreeSize">Tree size that every inclusion proof in <c>dependencies/records.jsonl</c> leads to.</param>
public sealed record DependencyRecord(
    string GoModule,
    string Proxy,
    string? Sumdb,
    long TreeSize,
    CacheOrigin CacheOrigin,
    VendorMode Vendor,
    IReadOnlyList<ModuleRow> Modules,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool ProxyToken = false)
{
    public byte[] ToJson() => CanonicalJson.Serialize(this, DependencyContext.Default.DependencyRecord);

    /// <exception cref="JsonException">Not such a record in canonical form.</exception>
    public static DependencyRecord Parse(ReadOnlySpan<byte> json)
    {
        var record = StrictJson.ParseCanonical(json, DependencyContext.Default.DependencyRecord);
        return record.Modules.DistinctBy(row => (row.Path, row.Version)).Count() == record.Modules.Count
            ? record
            : throw new LocalizedJsonException("a module version stands twice", "模块版本重复");
    }
}

/// <summary>One module version of go.sum.</summary>
/// <param name="ZipH1">The go.sum <c>h1:</c> line of the zip, or null where only go.mod is listed.</param>
/// <param name="GoModH1">The go.sum <c>/go.mod h1:</c> line, or null where go.sum has none.</param>
/// <param name="Size">Bytes of the zip in the cache; null where the build needed no zip.</param>
/// <param name="RecordId">Leaf index in the checksum database.</param>
public sealed record ModuleRow(
    string Path,
    string Version,
    string? ZipH1,
    string? GoModH1,
    long? Size,
    string? Sha256,
    string? Sm3,
    long? RecordId,
    Verdict Verdict,
    string? Code);

/// <summary>One line of <c>dependencies/records.jsonl</c>: a checksum database record and its inclusion proof (RFC 6962 §2.1.1).</summary>
/// <param name="Text">The record's bytes as hashed into the leaf, newline included.</param>
public sealed record SumdbRecordRow(long Id, string Text, IReadOnlyList<byte[]> Proof)
{
    public byte[] ToJson() => CanonicalJson.Serialize(this, DependencyContext.Default.SumdbRecordRow);

    /// <exception cref="JsonException">Not such a row in canonical form.</exception>
    public static SumdbRecordRow Parse(ReadOnlySpan<byte> json) => StrictJson.ParseCanonical(json, DependencyContext.Default.SumdbRecordRow);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    Converters = [typeof(KebabCaseEnumConverter<Verdict>)])]
[JsonSerializable(typeof(DependencyRecord))]
[JsonSerializable(typeof(SumdbRecordRow))]
internal sealed partial class DependencyContext : JsonSerializerContext;
