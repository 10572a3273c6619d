using System.Text.Json;
using System.Text.Json.Serialization;
using CiCompliance.Json;

namespace CiCompliance.Policy;

/// <summary>The policy of a repository, read from <c>compliance.yml</c> outside the tree under test. Every default is the strict one.</summary>
/// <param name="Repository">Its identity, as statements name it and trust keys are bound to it, for example <c>github.com/acme/app</c>.</param>
/// <param name="Stages">Stages that must have passed; empty means all of them.</param>
public sealed record CompliancePolicy(
    int Version,
    string Repository,
    SourcePolicy Source,
    GoPolicy Go,
    DependencyPolicy Dependencies,
    BuildPolicy Build,
    BinaryPolicy Binary,
    LogPolicy Log,
    IReadOnlyList<string> Stages)
{
    public const int CurrentVersion = 1;

    /// <summary>The form that is kept and whose digest every statement carries: <c>policy/policy.json</c>.</summary>
    public byte[] ToJson() => CanonicalJson.Serialize(this, PolicyContext.Default.CompliancePolicy);

    /// <exception cref="JsonException">Not such a policy in canonical form.</exception>
    public static CompliancePolicy Parse(ReadOnlySpan<byte> json) => StrictJson.ParseCanonical(json, PolicyContext.Default.CompliancePolicy);
}

/// <summary>Where modules and their checksums may come from.</summary>
/// <param name="Provider"><c>goproxy.cn</c>, <c>goproxy.io</c>, <c>aliyun</c>, <c>cicompliance</c> or <c>custom</c>.</param>
/// <param name="Proxy">GOPROXY for <c>cicompliance</c> and <c>custom</c>; otherwise null, the provider table says it.</param>
/// <param name="Sumdb">GOSUMDB for these: <c>name+hash+key</c> or <c>name+hash+key URL</c>; otherwise null.</param>
/// <param name="AllowDirect">Whether GOPROXY may end in <c>direct</c>.</param>
public sealed record GoPolicy(string Provider, string? Proxy, string? Sumdb, bool AllowDirect);

/// <param name="Vendor"><see cref="VendorPolicy.Verified"/> unless the policy says <c>source-signed</c>.</param>
public sealed record DependencyPolicy(VendorPolicy Vendor);

[JsonConverter(typeof(KebabCaseEnumConverter<VendorPolicy>))]
public enum VendorPolicy
{
    Verified,
    SourceSigned,
}

/// <param name="Packages">Go package patterns of main packages, for example <c>./cmd/...</c>.</param>
/// <param name="Targets"><c>goos/goarch</c>.</param>
/// <param name="Cgo">Whether CGO_ENABLED=1 for the host's target; cross targets are built without cgo.</param>
public sealed record BuildPolicy(IReadOnlyList<string> Packages, IReadOnlyList<string> Targets, bool Cgo, BuildCachePolicy Cache);

[JsonConverter(typeof(KebabCaseEnumConverter<BuildCachePolicy>))]
public enum BuildCachePolicy
{
    /// <summary>GOCACHE is new in every run: nothing that another job left can get into the binary.</summary>
    Fresh,

    /// <summary>The user's GOCACHE is used; the report shows it as a gap.</summary>
    Shared,
}

/// <param name="Static">Whether a static non-PIE output is accepted (<c>static: allowed</c>, for scratch images).</param>
/// <param name="NeededLibraries">DT_NEEDED names an output may have.</param>
public sealed record BinaryPolicy(StaticPolicy Static, IReadOnlyList<string> NeededLibraries);

[JsonConverter(typeof(KebabCaseEnumConverter<StaticPolicy>))]
public enum StaticPolicy
{
    Refused,
    Allowed,
}

/// <param name="Path">Folder of a persistent embedded log; null for an ephemeral one.</param>
/// <param name="Url">A Rekor server, for <see cref="LogKind.External"/> only; null where <paramref name="SigningConfig"/> names it.</param>
/// <param name="EphemeralInCi">An ephemeral log proves nothing about time; in CI it is refused unless asked for.</param>
/// <param name="Api">The version of that server's interface; of a signing config it is what the config says.</param>
/// <param name="SigningConfig">A Sigstore signing config outside the repository that names the server; null where <paramref name="Url"/> does.</param>
/// <param name="Tiles">Where a Rekor v2 log's checkpoint and tiles are served; null: by the server itself.</param>
/// <param name="Offline">Whether a run whose log can't be reached may leave its evidence to be recorded later; it has not passed until then.</param>
/// <param name="Witnesses">Addresses of witnesses that are asked to co-sign the checkpoint (C2SP tlog-witness); null: nobody is.</param>
/// <param name="Cosignatures">How many trusted witnesses must have co-signed it.</param>
/// <param name="TimestampAuthority">Address of the RFC 3161 authority that stamps every P-256 signature; null: none does.</param>
public sealed record LogPolicy(
    LogKind Kind,
    string? Path,
    string? Url,
    bool EphemeralInCi,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] LogApi Api = LogApi.V1,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] string? SigningConfig = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] string? Tiles = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Offline = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Witnesses = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] int Cosignatures = 0,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? TimestampAuthority = null)
{
    public const int MaxWitnesses = 32;
}

/// <summary>The interface of a Rekor server.</summary>
[JsonConverter(typeof(KebabCaseEnumConverter<LogApi>))]
public enum LogApi
{
    /// <summary>Signed entry timestamps, entries of several kinds.</summary>
    [JsonStringEnumMemberName("v1")]
    V1,

    /// <summary>Static tiles, hashedrekord 0.0.2 alone, no time.</summary>
    [JsonStringEnumMemberName("v2")]
    V2,
}

[JsonConverter(typeof(KebabCaseEnumConverter<LogKind>))]
public enum LogKind
{
    Ephemeral,
    Persistent,
    External,
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(CompliancePolicy))]
internal sealed partial class PolicyContext : JsonSerializerContext;
