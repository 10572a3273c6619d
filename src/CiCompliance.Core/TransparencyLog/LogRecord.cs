using System.Text.Json;
using System.Text.Json.Serialization;
using CiCompliance.Json;
using CiCompliance.Policy;

namespace CiCompliance.TransparencyLog;

/// <summary><c>log/log.json</c>: the log that a run recorded in, for people and for handing to Sigstore tools. Trust comes from the trust store.</summary>
/// <param name="LogId">Hex SHA-256 of the key.</param>
/// <param name="PublicKey">DER SubjectPublicKeyInfo.</param>
/// <param name="Genesis">Hex leaf hash of an embedded log's first entry; null for an external one.</param>
/// <param name="Created">When an embedded log began; null where not known.</param>
public sealed record LogRecord(
    LogKind Kind, string Origin, string LogId, byte[] PublicKey, string? Genesis = null, DateTimeOffset? Created = null)
{
    public const string FileName = "log/log.json";

    public byte[] ToJson() => CanonicalJson.Serialize(this, LogRecordContext.Default.LogRecord);

    /// <exception cref="JsonException">Not such a record in canonical form.</exception>
    public static LogRecord Parse(ReadOnlySpan<byte> json) => StrictJson.ParseCanonical(json, LogRecordContext.Default.LogRecord);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LogRecord))]
internal sealed partial class LogRecordContext : JsonSerializerContext;
