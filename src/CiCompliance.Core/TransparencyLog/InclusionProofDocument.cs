using System.Text.Json;
using System.Text.Json.Serialization;
using CiCompliance.Json;

namespace CiCompliance.TransparencyLog;

/// <summary>What <c>cicompliance log prove --index N</c> prints: entry N stands in the tree of the checkpoint (RFC 6962 §2.1.1).</summary>
public sealed record InclusionProofDocument(long Index, long TreeSize, IReadOnlyList<byte[]> Hashes, string Checkpoint)
{
    public byte[] ToJson() => CanonicalJson.Serialize(this, InclusionProofContext.Default.InclusionProofDocument);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(InclusionProofDocument))]
internal sealed partial class InclusionProofContext : JsonSerializerContext;
