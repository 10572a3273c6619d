using System.Text.Json;
using System.Text.Json.Serialization;
using CiCompliance.Json;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Attestations;

/// <summary>Writes a Sigstore trusted root that names one log, for <c>cosign verify… --trusted-root</c>.</summary>
public static class TrustedRoot
{
    /// <param name="name">The log's host name: <see cref="Checkpoint.Name"/>. Sigstore clients compare it with the checkpoint's signature line.</param>
    /// <param name="publicKey">The log's P-256 key, DER SubjectPublicKeyInfo.</param>
    /// <param name="validFrom">Not after the log's first entry.</param>
    public static byte[] ToJson(string name, byte[] publicKey, DateTimeOffset validFrom) =>
        CanonicalJson.Serialize(
            new TrustedRootJson(
                "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
                [new TrustedLogJson(
                    $"http://{name}",
                    MessageDigestJson.Sha256,
                    new(Convert.ToBase64String(publicKey), "PKIX_ECDSA_P256_SHA_256", new(validFrom.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"))),
                    new(SigstoreBundle.HintOf(publicKey)))]),
            TrustedRootContext.Default.TrustedRootJson);
}

internal sealed record TrustedRootJson(string MediaType, IReadOnlyList<TrustedLogJson> Tlogs);

internal sealed record TrustedLogJson(string BaseUrl, string HashAlgorithm, TrustedLogKeyJson PublicKey, LogIdJson LogId);

internal sealed record TrustedLogKeyJson(string RawBytes, string KeyDetails, ValidForJson ValidFor);

internal sealed record ValidForJson(string Start);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(TrustedRootJson))]
internal sealed partial class TrustedRootContext : JsonSerializerContext;
