using System.Text.Json;
using System.Text.Json.Serialization;
using CiCompliance.Attestations;
using CiCompliance.Json;

namespace CiCompliance.Evidence;

/// <summary>
/// What <c>log/pending.sm2.dsse.json</c> signs: the evidence of a run whose log could not be reached, every file as it was then. It is no seal.
/// </summary>
/// <param name="Since">When the log was given up, by the runner's clock; UTC.</param>
/// <param name="Files">In ordinal order of their paths; without what <c>assess</c> writes again.</param>
internal sealed record PendingRecord(int Version, RunIdentity Run, DateTimeOffset Since, IReadOnlyList<ManifestFile> Files)
{
    public const int CurrentVersion = 1;
    public const int MaxBytes = 48 << 20;
    public const string PayloadType = "application/vnd.cicompliance.pending+json";

    /// <summary>Whether a file belongs to what waits: all but the assessment, which is made again, and the record itself.</summary>
    public static bool Covers(string name) => name is not (EvidencePaths.Pending or EvidencePaths.Assessment or EvidencePaths.Report or EvidencePaths.Summary);

    public byte[] ToJson() => CanonicalJson.Serialize(this, PendingRecordContext.Default.PendingRecord);

    /// <exception cref="JsonException">Not such a record of this version in canonical form.</exception>
    public static PendingRecord Parse(ReadOnlySpan<byte> json)
    {
        var record = StrictJson.ParseCanonical(json, PendingRecordContext.Default.PendingRecord);
        return record.Version == CurrentVersion
            ? record
            : throw new LocalizedJsonException($"pending version {record.Version} is not {CurrentVersion}", $"待记录版本 {record.Version} 不是 {CurrentVersion}");
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PendingRecord))]
internal sealed partial class PendingRecordContext : JsonSerializerContext;
