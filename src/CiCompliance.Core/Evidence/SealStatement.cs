using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using CiCompliance.Attestations;
using CiCompliance.Json;
using CiCompliance.Policy;

namespace CiCompliance.Evidence;

/// <summary>The last statement of a run: its subjects are the manifest and the manifest's SM2 envelope, so that the log anchors both.</summary>
public sealed record SealPredicate(RunIdentity Run, LogKind Log)
{
    public static Statement ToStatement(RunIdentity run, LogKind log, Subject manifest, Subject sm2Envelope) =>
        new(Statement.V1, [manifest, sm2Envelope], PredicateTypes.Seal,
            JsonSerializer.SerializeToNode(new SealPredicate(run, log), SealContext.Default.SealPredicate)!.AsObject());

    /// <exception cref="JsonException">Not the predicate of a seal.</exception>
    public static SealPredicate Parse(JsonObject predicate) =>
        predicate.Deserialize(SealContext.Default.SealPredicate) ?? throw new LocalizedJsonException("not a seal", "不是封存声明");
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SealPredicate))]
internal sealed partial class SealContext : JsonSerializerContext;
