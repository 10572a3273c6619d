using System.Text.Json;
using System.Text.Json.Serialization;

namespace CiCompliance.Server.Log.Entries;

/// <summary>protojson of <c>dev.sigstore.rekor.v2.CreateEntryRequest</c>; of its kinds the log takes this one.</summary>
internal sealed record CreateEntryV2([property: JsonPropertyName("hashedRekordRequestV002")] HashedRekordV2 HashedRekord);

internal sealed record HashedRekordV2(string Digest, SignatureV2 Signature);

internal sealed record SignatureV2(string Content, VerifierV2 Verifier);

internal sealed record VerifierV2(string KeyDetails, RawBytesV2? PublicKey = null, RawBytesV2? X509Certificate = null);

internal sealed record RawBytesV2(string RawBytes);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, MaxDepth = 16)]
[JsonSerializable(typeof(CreateEntryV2))]
internal sealed partial class RekorV2Context : JsonSerializerContext;
