using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using CiCompliance.Json;

namespace CiCompliance.Signing;

/// <summary>A DSSE envelope (secure-systems-lab/dsse v1.0.2). Ours always holds exactly one signature.</summary>
/// <param name="Payload">The signed bytes; base64 on the wire.</param>
public sealed record DsseEnvelope(byte[] Payload, string PayloadType, IReadOnlyList<DsseSignature> Signatures)
{
    public const string InTotoPayloadType = "application/vnd.in-toto+json";
    public const string ManifestPayloadType = "application/vnd.cicompliance.manifest+json";

    /// <summary>Pre-authentication encoding: the bytes that are signed (DSSE protocol §"Signature Definition").</summary>
    public static byte[] PreAuthenticationEncoding(string payloadType, ReadOnlySpan<byte> payload)
    {
        var type = Encoding.UTF8.GetBytes(payloadType);
        var head = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"DSSEv1 {type.Length} {payloadType} {payload.Length} "));
        return [.. head, .. payload];
    }

    public byte[] ToJson() => CanonicalJson.Serialize(this, DsseContext.Default.DsseEnvelope);

    /// <exception cref="JsonException">Not such an envelope in canonical form.</exception>
    public static DsseEnvelope Parse(ReadOnlySpan<byte> json) => StrictJson.ParseCanonical(json, DsseContext.Default.DsseEnvelope);
}

/// <summary>One signature of an SM2 envelope.</summary>
/// <param name="KeyId">Hex SHA-256 of the SubjectPublicKeyInfo: a hint, trust comes from the trust store.</param>
/// <param name="Sig">DER SEQUENCE{r, s}.</param>
/// <param name="CertificateChain">DER certificates, the signer's first; empty for a bare key.</param>
public sealed record DsseSignature(
    [property: JsonPropertyName("keyid")] string KeyId,
    byte[] Sig,
    IReadOnlyList<byte[]> CertificateChain);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DsseEnvelope))]
internal sealed partial class DsseContext : JsonSerializerContext;
