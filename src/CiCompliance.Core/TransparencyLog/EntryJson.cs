using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using CiCompliance.Json;

namespace CiCompliance.TransparencyLog;

internal sealed record HashJson(string Algorithm, string Value)
{
    public const string Sha256 = "sha256";

    public static HashJson Of(ReadOnlySpan<byte> content) => new(Sha256, Convert.ToHexStringLower(SHA256.HashData(content)));
}

internal sealed record HashedRekordBody(string ApiVersion, string Kind, HashedRekordSpec Spec);

internal sealed record HashedRekordSpec(HashedRekordData Data, HashedRekordSignature Signature);

internal sealed record HashedRekordData(HashJson Hash);

internal sealed record HashedRekordSignature(string Content, HashedRekordKey PublicKey);

internal sealed record HashedRekordKey(string Content);

internal sealed record HashedRekord002Body(string ApiVersion, string Kind, HashedRekord002Spec Spec);

internal sealed record HashedRekord002Spec(HashedRekord002Content HashedRekordV002);

internal sealed record HashedRekord002Content(HashedRekord002Data Data, HashedRekord002Signature Signature);

internal sealed record HashedRekord002Data(string Algorithm, string Digest)
{
    public const string Sha256 = "SHA2_256";
}

internal sealed record HashedRekord002Signature(string Content, HashedRekord002Verifier Verifier);

/// <summary>protojson of <c>dev.sigstore.rekor.v2.Verifier</c>: a key or a certificate.</summary>
internal sealed record HashedRekord002Verifier(string KeyDetails, RawBytesJson? PublicKey = null, RawBytesJson? X509Certificate = null)
{
    public EntrySigner ToSigner() => (PublicKey, X509Certificate) switch
    {
        ({ } key, null) => new(StrictBase64.Decode(key.RawBytes, "rawBytes"), IsCertificate: false),
        (null, { } certificate) => new(StrictBase64.Decode(certificate.RawBytes, "rawBytes"), IsCertificate: true),
        _ => throw new LocalizedJsonException("a verifier is either a key or a certificate", "验证者应为公钥或证书之一"),
    };
}

internal sealed record RawBytesJson(string RawBytes);

/// <summary>What <c>POST /api/v2/log/entries</c> takes.</summary>
internal sealed record HashedRekord002Request([property: JsonPropertyName("hashedRekordRequestV002")] HashedRekord002Proposal HashedRekord);

internal sealed record HashedRekord002Proposal(string Digest, HashedRekord002Signature Signature);

internal sealed record DsseBody(string ApiVersion, string Kind, DsseBodySpec Spec);

internal sealed record DsseBodySpec(HashJson EnvelopeHash, HashJson PayloadHash, IReadOnlyList<DsseBodySignature> Signatures);

internal sealed record DsseBodySignature(string Signature, string Verifier);

internal sealed record InTotoBody(string ApiVersion, string Kind, InTotoSpec Spec);

internal sealed record InTotoSpec(InTotoContent Content);

internal sealed record InTotoContent(InTotoEnvelope Envelope, HashJson PayloadHash, HashJson? Hash = null);

/// <param name="Payload">Logs leave it out, stand-ins of logs don't: the digest beside it counts.</param>
internal sealed record InTotoEnvelope(string PayloadType, IReadOnlyList<InTotoSignature> Signatures, string? Payload = null);

internal sealed record InTotoSignature(string PublicKey, string Sig, [property: JsonPropertyName("keyid")] string? KeyId = null);

internal sealed record EnvelopeToLog(string Payload, string PayloadType, IReadOnlyList<EnvelopeToLogSignature> Signatures);

internal sealed record EnvelopeToLogSignature(string Sig);

internal sealed record DsseRequest(string ApiVersion, string Kind, DsseRequestSpec Spec);

internal sealed record DsseRequestSpec(DsseRequestContent ProposedContent);

internal sealed record DsseRequestContent(string Envelope, IReadOnlyList<string> Verifiers);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(HashedRekordBody))]
[JsonSerializable(typeof(HashedRekord002Body))]
[JsonSerializable(typeof(HashedRekord002Request))]
[JsonSerializable(typeof(DsseBody))]
[JsonSerializable(typeof(InTotoBody))]
[JsonSerializable(typeof(EnvelopeToLog))]
[JsonSerializable(typeof(DsseRequest))]
internal sealed partial class EntryContext : JsonSerializerContext;
