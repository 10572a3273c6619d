using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using CiCompliance.Digests;
using CiCompliance.Json;

namespace CiCompliance.Attestations;

/// <summary>An in-toto Statement v1 (in-toto/attestation spec/v1/statement.md).</summary>
public sealed record Statement(
    [property: JsonPropertyName("_type")] string Type,
    IReadOnlyList<Subject> Subject,
    string PredicateType,
    JsonObject Predicate)
{
    public const string V1 = "https://in-toto.io/Statement/v1";

    public byte[] ToJson() => CanonicalJson.Serialize(this, StatementContext.Default.Statement);

    /// <exception cref="JsonException">Not a canonical Statement v1, or a subject without digests.</exception>
    public static Statement Parse(ReadOnlySpan<byte> json)
    {
        var statement = StrictJson.ParseCanonical(json, StatementContext.Default.Statement);
        return statement.Type == V1 && statement.Subject.Count > 0 && statement.Predicate.Count > 0
            ? statement
            : throw new LocalizedJsonException("not an in-toto Statement v1 with subjects and a predicate", "不是含主体与谓词的 in-toto Statement v1");
    }
}

public sealed record Subject(string Name, DigestSet Digest);

/// <summary>Predicate types. Ours are URNs: the project promises no web address.</summary>
public static class PredicateTypes
{
    public const string Provenance = "https://slsa.dev/provenance/v1";
    public const string Source = "urn:cicompliance:predicate:source:v1";
    public const string Dependencies = "urn:cicompliance:predicate:dependencies:v1";
    public const string Binary = "urn:cicompliance:predicate:binary:v1";
    public const string GoModule = "urn:cicompliance:predicate:go-module:v1";
    public const string ModuleExport = "urn:cicompliance:predicate:module-export:v1";
    public const string Seal = "urn:cicompliance:predicate:seal:v1";
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Statement))]
[JsonSerializable(typeof(RunIdentity))]
internal sealed partial class StatementContext : JsonSerializerContext;
