using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;

namespace CiCompliance.Server.Tests.Log;

/// <summary>A signer of artefacts, and the requests that log what it signed.</summary>
internal sealed class SigningKey : IDisposable
{
    private readonly AsymmetricAlgorithm key;

    public SigningKey(AsymmetricAlgorithm? key = null) => this.key = key ?? ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public byte[] Info => key.ExportSubjectPublicKeyInfo();

    public string PemBase64 => Base64(Encoding.ASCII.GetBytes(key.ExportSubjectPublicKeyInfoPem() + "\n"));

    public static string Base64(byte[] bytes) => Convert.ToBase64String(bytes);

    public byte[] SignHash(byte[] digest, HashAlgorithmName hash) => key switch
    {
        ECDsa ecdsa => ecdsa.SignHash(digest, DSASignatureFormat.Rfc3279DerSequence),
        RSA rsa => rsa.SignHash(digest, hash, RSASignaturePadding.Pkcs1),
        _ => throw new NotSupportedException(),
    };

    public string HashedRekord(byte[] digest, string algorithm = "sha256", string? pemBase64 = null) => """
        {"apiVersion":"0.0.1","kind":"hashedrekord","spec":{"data":{"hash":{"algorithm":"ALGORITHM","value":"DIGEST"}},"signature":{"content":"SIGNATURE","publicKey":{"content":"KEY"}}}}
        """
        .Replace("ALGORITHM", algorithm, StringComparison.Ordinal)
        .Replace("DIGEST", Convert.ToHexStringLower(digest), StringComparison.Ordinal)
        .Replace("\"SIGNATURE\"", $"\"{Base64(SignHash(digest, new HashAlgorithmName(algorithm.ToUpperInvariant())))}\"", StringComparison.Ordinal)
        .Replace("\"KEY\"", $"\"{pemBase64 ?? PemBase64}\"", StringComparison.Ordinal);

    public string HashedRekord() => HashedRekord(RandomNumberGenerator.GetBytes(32));

    public string V2(byte[] digest, string details = "PKIX_ECDSA_P256_SHA_256", string hash = "SHA256") => """
        {"hashedRekordRequestV002":{"digest":"DIGEST","signature":{"content":"SIGNATURE","verifier":{"publicKey":{"rawBytes":"KEY"},"keyDetails":"DETAILS"}}}}
        """
        .Replace("\"DIGEST\"", $"\"{Base64(digest)}\"", StringComparison.Ordinal)
        .Replace("\"SIGNATURE\"", $"\"{Base64(SignHash(digest, new HashAlgorithmName(hash)))}\"", StringComparison.Ordinal)
        .Replace("\"KEY\"", $"\"{Base64(Info)}\"", StringComparison.Ordinal)
        .Replace("DETAILS", details, StringComparison.Ordinal);

    public string V2() => V2(RandomNumberGenerator.GetBytes(32));

    public static string Dsse(string envelope, params string[] pemBase64) => """
        {"apiVersion":"0.0.1","kind":"dsse","spec":{"proposedContent":{"envelope":ENVELOPE,"verifiers":VERIFIERS},"signatures":null}}
        """
        .Replace("ENVELOPE", JsonSerializer.Serialize(envelope), StringComparison.Ordinal)
        .Replace("VERIFIERS", JsonSerializer.Serialize(pemBase64), StringComparison.Ordinal);

    public static string Envelope(string type, byte[] payload, params byte[][] signatures) => $$"""
        {"payload":"{{Base64(payload)}}","payloadType":"{{type}}","signatures":[{{string.Join(',', signatures.Select(signature => $"{{\"sig\":\"{Base64(signature)}\"}}"))}}]}
        """;

    /// <summary>A self-signed certificate of the key, in DER.</summary>
    public byte[] Certificate()
    {
        var request = new CertificateRequest("CN=signer", (ECDsa)key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(80));
        return certificate.RawData;
    }

    public static byte[] PreAuthenticationEncoding(string type, byte[] payload) => [.. Encoding.UTF8.GetBytes($"DSSEv1 {type.Length} {type} {payload.Length} "), .. payload];

    public void Dispose() => key.Dispose();
}
