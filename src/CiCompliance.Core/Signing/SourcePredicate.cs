using System.Text.Json;
using System.Text.Json.Serialization;
using CiCompliance.Attestations;
using CiCompliance.Digests;
using CiCompliance.Evidence;
using CiCompliance.Go;
using CiCompliance.Json;

namespace CiCompliance.Signing;

/// <summary>Predicate <see cref="PredicateTypes.Source"/>: which verified commits an output comes from.</summary>
/// <param name="Base">The excluded start of the range; null where all history was verified.</param>
/// <param name="Commits">How many commits were verified.</param>
/// <param name="SourceRecord">Digests of the files of <c>source/</c>, by their names in the evidence folder.</param>
public sealed record SourcePredicate(
    RunIdentity Run,
    string Commit,
    string Tree,
    long Commits,
    IReadOnlyDictionary<string, DigestSet> SourceRecord,
    string? Base = null)
{
    /// <summary>The files that are digested where they are present.</summary>
    public static IReadOnlyList<string> Files { get; } =
    [
        EvidencePaths.Source, EvidencePaths.Commits, EvidencePaths.Ancestry, EvidencePaths.Trees, EvidencePaths.Tags,
        EvidencePaths.Tree, EvidencePaths.GoMod, EvidencePaths.GoSum,
    ];

    public Statement ToStatement(Subject output) => new(Statement.V1, [output], PredicateTypes.Source,
        JsonSerializer.SerializeToNode(this, PredicateContext.Default.SourcePredicate)!.AsObject());

    /// <exception cref="JsonException">Not such a predicate.</exception>
    public static SourcePredicate Parse(Statement statement) =>
        statement.PredicateType == PredicateTypes.Source
            ? statement.Predicate.Deserialize(PredicateContext.Default.SourcePredicate)!
            : throw new LocalizedJsonException("not a statement about the source", "不是关于源码的声明");
}

/// <summary>Predicate <see cref="PredicateTypes.Dependencies"/>: which proved modules an output comes from.</summary>
/// <param name="Sumdb">Verifier key of the checksum database; null when go.sum is empty.</param>
/// <param name="Modules">How many module versions go.sum lists.</param>
/// <param name="Records">Digests of the files of <c>dependencies/</c>, by their names in the evidence folder.</param>
public sealed record DependenciesPredicate(
    RunIdentity Run,
    long TreeSize,
    long Modules,
    CacheOrigin CacheOrigin,
    VendorMode Vendor,
    IReadOnlyDictionary<string, DigestSet> Records,
    string? Sumdb = null)
{
    /// <summary>The files that are digested where they are present.</summary>
    public static IReadOnlyList<string> Files { get; } =
        [EvidencePaths.Modules, EvidencePaths.SumdbRecords, EvidencePaths.SumdbTreeHead];

    public Statement ToStatement(Subject output) => new(Statement.V1, [output], PredicateTypes.Dependencies,
        JsonSerializer.SerializeToNode(this, PredicateContext.Default.DependenciesPredicate)!.AsObject());

    /// <exception cref="JsonException">Not such a predicate.</exception>
    public static DependenciesPredicate Parse(Statement statement) =>
        statement.PredicateType == PredicateTypes.Dependencies
            ? statement.Predicate.Deserialize(PredicateContext.Default.DependenciesPredicate)!
            : throw new LocalizedJsonException("not a statement about the dependencies", "不是关于依赖的声明");
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SourcePredicate))]
[JsonSerializable(typeof(DependenciesPredicate))]
internal sealed partial class PredicateContext : JsonSerializerContext;
