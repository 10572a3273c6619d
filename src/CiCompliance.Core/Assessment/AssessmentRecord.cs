using System.Text.Json;
using System.Text.Json.Serialization;
using CiCompliance.Attestations;
using CiCompliance.Json;

namespace CiCompliance.Assessment;

/// <summary><c>assessment/assessment.json</c>: what one run shows for which clause, and what it doesn't. Made again by the verifier and compared.</summary>
/// <param name="Verdict">Of the whole run: the worst of the stages, undecided where a required one is missing.</param>
/// <param name="MissingStages">Required by the policy and without a result.</param>
public sealed record AssessmentRecord(
    int Version,
    RunIdentity Run,
    Verdict Verdict,
    IReadOnlyList<string> MissingStages,
    IReadOnlyList<StageRow> Stages,
    IReadOnlyList<ItemRow> Items,
    IReadOnlyList<ClauseRow> Clauses,
    IReadOnlyList<GapRow> Gaps)
{
    public const int CurrentVersion = 1;

    public byte[] ToJson() => CanonicalJson.Serialize(this, AssessmentContext.Default.AssessmentRecord);

    /// <exception cref="JsonException">Not such a record of this version in canonical form.</exception>
    public static AssessmentRecord Parse(ReadOnlySpan<byte> json)
    {
        var record = StrictJson.ParseCanonical(json, AssessmentContext.Default.AssessmentRecord);
        return record.Version == CurrentVersion ? record : throw new LocalizedJsonException($"assessment version {record.Version} is not {CurrentVersion}", $"评估版本 {record.Version} 不是 {CurrentVersion}");
    }
}

/// <param name="Required">Whether the policy asks for it.</param>
public sealed record StageRow(string Name, Verdict Verdict, bool Required);

/// <param name="Verdict">The worst of its stages; undecided where one is missing.</param>
/// <param name="Checks">Patterns of check ids that support it: <c>source.*</c>.</param>
public sealed record ItemRow(
    string Id,
    string TitleEn,
    string TitleZh,
    Verdict Verdict,
    IReadOnlyList<string> Checks,
    IReadOnlyList<string> Clauses,
    IReadOnlyList<string> Gaps);

/// <summary>As <see cref="Clause"/>, with what this run shows.</summary>
/// <param name="Checks">Patterns of check ids, and names of <see cref="RunFacts"/>.</param>
/// <param name="Evidence">Files and folders of this evidence folder to open; empty where nothing is shown.</param>
public sealed record ClauseRow(
    string Id,
    string Standard,
    string Number,
    string TitleEn,
    string TitleZh,
    Obligation Obligation,
    Automation Automation,
    ClauseProvenance Provenance,
    ClauseStatus Status,
    string ParaphraseEn,
    string ParaphraseZh,
    IReadOnlyList<string> Checks,
    IReadOnlyList<string> Evidence,
    string? OpenEn,
    string? OpenZh);

public sealed record GapRow(string Id, bool Always, IReadOnlyList<string> Items, string En, string Zh);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    Converters = [typeof(KebabCaseEnumConverter<Verdict>)])]
[JsonSerializable(typeof(AssessmentRecord))]
internal sealed partial class AssessmentContext : JsonSerializerContext;
