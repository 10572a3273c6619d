using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using CiCompliance.Json;
using CiCompliance.Keys;

namespace CiCompliance.TransparencyLog;

/// <summary>
/// Rekor v1's promise to include an entry: the log key's signature over the canonical JSON of body, integratedTime, logID and logIndex.
/// It alone authenticates the time.
/// </summary>
public static class SignedEntryTimestamp
{
    public static byte[] Sign(byte[] body, long integratedTime, long index, ISigner log) =>
        log.Sign(MessageOf(body, integratedTime, SHA256.HashData(log.PublicKey), index));

    public static Verdict Verify(byte[] body, long integratedTime, long index, byte[] timestamp, TrustedKey log, ISignatureVerifier verifier) =>
        integratedTime > 0 && index >= 0
            ? verifier.Verify(log.Algorithm, log.PublicKey, MessageOf(body, integratedTime, SHA256.HashData(log.PublicKey), index), timestamp)
            : Verdict.Fail;

    /// <summary>The bytes that are signed.</summary>
    internal static byte[] MessageOf(byte[] body, long integratedTime, byte[] logId, long index) =>
        CanonicalJson.Serialize(
            new SignedEntry(Convert.ToBase64String(body), integratedTime, Convert.ToHexStringLower(logId), index), SignedEntryContext.Default.SignedEntry);

    internal sealed record SignedEntry(
        string Body, long IntegratedTime, [property: JsonPropertyName("logID")] string LogId, long LogIndex);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SignedEntryTimestamp.SignedEntry))]
internal sealed partial class SignedEntryContext : JsonSerializerContext;
