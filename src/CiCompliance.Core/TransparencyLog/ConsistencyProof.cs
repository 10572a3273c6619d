using System.Text.Json;
using System.Text.Json.Serialization;
using CiCompliance.Json;

namespace CiCompliance.TransparencyLog;

/// <summary>What <c>cicompliance log prove --from SIZE</c> prints: the larger tree begins with the smaller (RFC 6962 §2.1.2).</summary>
public sealed record ConsistencyProof(long OldSize, long NewSize, IReadOnlyList<byte[]> Hashes)
{
    /// <summary>True when both are checkpoints of one log and the newer tree begins with the older.</summary>
    public bool Connects(Checkpoint older, Checkpoint newer) =>
        older.Origin == newer.Origin && OldSize == older.Size && NewSize == newer.Size
        && MerkleProof.ProvesConsistency(older.Size, newer.Size, older.Root, newer.Root, Hashes);

    public byte[] ToJson() => CanonicalJson.Serialize(this, ConsistencyProofContext.Default.ConsistencyProof);

    /// <exception cref="JsonException">Not such a proof in canonical form.</exception>
    public static ConsistencyProof Parse(ReadOnlySpan<byte> json) =>
        StrictJson.ParseCanonical(json, ConsistencyProofContext.Default.ConsistencyProof);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ConsistencyProof))]
internal sealed partial class ConsistencyProofContext : JsonSerializerContext;
