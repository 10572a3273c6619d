using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using CiCompliance.Attestations;
using CiCompliance.Go;
using CiCompliance.Json;
using CiCompliance.Signing;

namespace CiCompliance.GoProxy.Publishers;

/// <summary>
/// What a publisher signs: an in-toto Statement v1 over the zip and the go.mod of one module version. It follows from these four values alone, byte
/// for byte: whoever verifies makes it again from what they have, and believes none that they were given.
/// </summary>
public sealed class ModuleStatement
{
    private const string GoModSuffix = "/go.mod";

    private ModuleStatement(ModuleVersion module, string zipHash, string goModHash)
    {
        (Module, ZipHash, GoModHash) = (module, zipHash, goModHash);
        Json = CanonicalJson.Serialize(
            new ModuleStatementJson(
                Statement.V1,
                [new(module.ToString(), new(HexOf(zipHash))), new(module + GoModSuffix, new(HexOf(goModHash)))],
                PredicateTypes.GoModule,
                new(module.Path, module.Version)),
            ModuleStatementContext.Default.ModuleStatementJson);
    }

    public ModuleVersion Module { get; }

    /// <summary>Of the zip: <c>h1:</c> and base64, as in go.sum.</summary>
    public string ZipHash { get; }

    /// <summary>Of the go.mod, as in go.sum's <c>/go.mod</c> lines.</summary>
    public string GoModHash { get; }

    /// <summary>Canonical (RFC 8785): the envelope's payload.</summary>
    public byte[] Json { get; }

    /// <summary>By which a log knows it: hex SHA-256 of <see cref="Json"/>.</summary>
    public string Digest => Convert.ToHexStringLower(SHA256.HashData(Json));

    /// <summary>What signatures are over (DSSE, pre-authentication encoding).</summary>
    public byte[] SignedBytes => DsseEnvelope.PreAuthenticationEncoding(DsseEnvelope.InTotoPayloadType, Json);

    /// <exception cref="FormatException">Not a module path, version or <c>h1:</c> hash.</exception>
    public static ModuleStatement Create(ModuleVersion module, string zipHash, string goModHash) =>
        ModulePath.IsPath(module.Path) && ModulePath.IsVersion(module.Version)
            ? new(module, zipHash, goModHash)
            : throw new LocalizedFormatException($"'{SafeText.Line(module.ToString(), 200)}' is no module version", $"“{SafeText.Line(module.ToString(), 200)}”不是模块版本");

    /// <summary>What signatures that aren't over these bytes are over instead, for people.</summary>
    public LocalizedText DifferenceFrom(ModuleSignatures signatures) => signatures.PayloadType == DsseEnvelope.InTotoPayloadType
        ? Difference(signatures.Payload)
        : new("its payload type is another", "其载荷类型不同");

    private LocalizedText Difference(byte[] payload)
    {
        ModuleStatementJson other;
        try
        {
            other = StrictJson.Parse(payload, ModuleStatementContext.Default.ModuleStatementJson);
        }
        catch (JsonException)
        {
            return new("it is over no statement about a module version", "所签内容不是模块版本声明");
        }

        var named = SafeText.Line($"{other.Predicate.Module}@{other.Predicate.Version}", 120);
        return named != Module.ToString() ? new($"it is of {named}", $"所签的是 {named}")
            : !Says(other, Module.ToString(), ZipHash) ? new("it is over another zip of this version", "所签的是此版本的另一个 zip")
            : !Says(other, Module + GoModSuffix, GoModHash) ? new("it is over another go.mod of this version", "所签的是此版本的另一个 go.mod")
            : new("its statement is not written as it must be", "声明的写法不符合要求");
    }

    private static bool Says(ModuleStatementJson statement, string name, string hash) =>
        statement.Subject.Any(subject => subject.Name == name && subject.Digest.DirHash == HexOf(hash));

    /// <summary>in-toto's digest set holds Hash1 as <c>dirHash</c>, in hex (spec/v1/digest_set.md).</summary>
    private static string HexOf(string h1) =>
        h1.StartsWith("h1:", StringComparison.Ordinal) && StrictBase64.TryDecode(h1[3..]) is { Length: SHA256.HashSizeInBytes } hash
            ? Convert.ToHexStringLower(hash)
            : throw new LocalizedFormatException($"'{SafeText.Line(h1, 80)}' is no h1 hash", $"“{SafeText.Line(h1, 80)}”不是 h1 哈希");
}

internal sealed record ModuleStatementJson(
    [property: JsonPropertyName("_type")] string Type,
    IReadOnlyList<ModuleSubject> Subject,
    string PredicateType,
    ModulePredicate Predicate);

internal sealed record ModuleSubject(string Name, ModuleDigest Digest);

internal sealed record ModuleDigest(string DirHash);

internal sealed record ModulePredicate(string Module, string Version);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ModuleStatementJson))]
internal sealed partial class ModuleStatementContext : JsonSerializerContext;
