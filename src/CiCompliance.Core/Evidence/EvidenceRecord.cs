using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using CiCompliance.Attestations;
using CiCompliance.Json;
using CiCompliance.Pipeline;

namespace CiCompliance.Evidence;

/// <summary><c>evidence.json</c>: the run, who ran it where, and what each stage answered.</summary>
/// <param name="Host">The runner's own word: attested, never recomputed.</param>
/// <param name="StartedAt">Runner's clock, UTC, whole seconds.</param>
/// <param name="Stages">In the order they ran. <c>seal</c> is missing: it closes this file.</param>
public sealed record EvidenceRecord(
    int Version,
    RunIdentity Run,
    HostRecord Host,
    DateTimeOffset StartedAt,
    IReadOnlyList<StageRow> Stages)
{
    public const int CurrentVersion = 1;
    public const int MaxBytes = 16 << 20;

    public byte[] ToJson() => CanonicalJson.Serialize(this, EvidenceContext.Default.EvidenceRecord);

    /// <exception cref="JsonException">Not such a record of this version in canonical form.</exception>
    public static EvidenceRecord Parse(ReadOnlySpan<byte> json)
    {
        var record = StrictJson.ParseCanonical(json, EvidenceContext.Default.EvidenceRecord);
        return record.Version != CurrentVersion ? throw new LocalizedJsonException($"evidence version {record.Version} is not {CurrentVersion}", $"证据版本 {record.Version} 不是 {CurrentVersion}")
            : record.Stages.DistinctBy(row => row.Name).Count() != record.Stages.Count ? throw new LocalizedJsonException("a stage stands twice", "阶段重复")
            : record;
    }
}

/// <summary>Where the run happened.</summary>
/// <param name="Ci"><c>github</c>, <c>gitlab</c>, <c>jenkins</c>, <c>other</c> (CI is set), or <c>none</c>.</param>
/// <param name="RetentionDays">How long the CI keeps artifacts, where it says so (GITHUB_RETENTION_DAYS).</param>
/// <param name="ToolDigest">Lower-case hex SHA-256 over the digests of all assemblies, native libraries and the executable in the tool's folder.</param>
/// <param name="Identity">
/// Claims of the job's OIDC token, where the runner offers one, without the token: what the runner said, never checked by its signature.
/// </param>
public sealed record HostRecord(
    string Ci,
    string? CiRunId,
    string? CiRunUrl,
    string? Actor,
    string? Event,
    int? RetentionDays,
    string OperatingSystem,
    string Architecture,
    string ToolDigest,
    IReadOnlyDictionary<string, string>? Identity = null)
{
    /// <summary>As the provenance carries it.</summary>
    internal JsonNode ToNode() => JsonSerializer.SerializeToNode(this, EvidenceContext.Default.HostRecord)!;
}

public sealed record StageRow(
    string Name,
    Verdict Verdict,
    DateTimeOffset StartedAt,
    long DurationMilliseconds,
    IReadOnlyList<CheckRow> Checks,
    IReadOnlyList<FindingRow> Findings)
{
    /// <summary>The stage's answer again; its verdict is computed from the rows, not taken from <see cref="Verdict"/>.</summary>
    public StageResult ToResult() => new(
        Name,
        [.. Checks.Select(check => new Check(check.Id, check.Verdict, new(check.En, check.Zh)))],
        [.. Findings.Select(row => new Finding(new Diagnostic(row.Code, row.Kind, ""), row.Origin, new(row.WhatEn, row.WhatZh), new(row.FixEn, row.FixZh)))]);
}

public sealed record CheckRow(string Id, Verdict Verdict, string En, string Zh);

public sealed record FindingRow(
    string Code,
    DiagnosticKind Kind,
    string Origin,
    string WhatEn,
    string WhatZh,
    string FixEn,
    string FixZh);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    Converters = [typeof(KebabCaseEnumConverter<Verdict>), typeof(KebabCaseEnumConverter<DiagnosticKind>)])]
[JsonSerializable(typeof(EvidenceRecord))]
[JsonSerializable(typeof(HostRecord))]
internal sealed partial class EvidenceContext : JsonSerializerContext;
