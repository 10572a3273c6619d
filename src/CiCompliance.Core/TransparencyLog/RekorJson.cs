using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using CiCompliance.Json;

namespace CiCompliance.TransparencyLog;

/// <summary>An entry as Rekor v1's REST API gives it: numbers are numbers, hashes and the log's id hex.</summary>
internal sealed record RekorEntryJson(
    string Body, long IntegratedTime, [property: JsonPropertyName("logID")] string LogId, long LogIndex, RekorVerificationJson Verification)
{
    /// <exception cref="JsonException">A value isn't of its form.</exception>
    public LoggedEntry ToEntry(ProposedEntry proposed) => ToEntry(proposed.Kind, proposed.Version);

    /// <exception cref="JsonException">A value isn't of its form.</exception>
    public LoggedEntry ToEntry(string kind, string version) => new(
        kind,
        version,
        StrictBase64.Decode(Body, "body"),
        LogIndex,
        Hex(LogId, "logID"),
        IntegratedTime,
        StrictBase64.Decode(Verification.SignedEntryTimestamp, "signedEntryTimestamp"),
        new(Verification.InclusionProof.LogIndex,
            Verification.InclusionProof.TreeSize,
            Hex(Verification.InclusionProof.RootHash, "rootHash"),
            [.. Verification.InclusionProof.Hashes.Select(hash => Hex(hash, "hashes"))],
            Verification.InclusionProof.Checkpoint));

    internal static byte[] Hex(string text, string member) =>
        text.Length == 2 * MerkleProof.HashSize && text.All(char.IsAsciiHexDigit)
            ? Convert.FromHexString(text)
            : throw new LocalizedJsonException($"'{member}' is not a SHA-256 in hex", $"“{member}”不是十六进制 SHA-256");
}

internal sealed record RekorVerificationJson(RekorProofJson InclusionProof, string SignedEntryTimestamp);

internal sealed record RekorProofJson(string Checkpoint, IReadOnlyList<string> Hashes, long LogIndex, string RootHash, long TreeSize);

/// <summary>The answer to <c>GET /api/v1/log/proof</c>; its root is not used, that of the checkpoint is.</summary>
internal sealed record RekorConsistencyJson(IReadOnlyList<string> Hashes);

/// <summary>The answer to <c>GET /api/v1/log</c>; of it only the signed note is used.</summary>
internal sealed record RekorLogJson(string SignedTreeHead);

/// <summary>A member that a newer server adds is skipped: whatever is used is verified against the log's key.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip)]
[JsonSerializable(typeof(Dictionary<string, RekorEntryJson>))]
[JsonSerializable(typeof(RekorConsistencyJson))]
[JsonSerializable(typeof(RekorLogJson))]
internal sealed partial class RekorContext : JsonSerializerContext;
