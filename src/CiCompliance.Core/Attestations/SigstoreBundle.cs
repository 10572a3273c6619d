using System.Security.Cryptography;
using System.Text.Json;
using CiCompliance.Json;
using CiCompliance.Policy;
using CiCompliance.Signing;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Attestations;

/// <summary>
/// A Sigstore bundle v0.3 with a managed key (sigstore/protobuf-specs, protojson): one signature over an artefact's bytes or over a
/// DSSE envelope, and at most one log entry. Parsing checks the form only; <see cref="BundleVerifier"/> decides.
/// </summary>
/// <param name="KeyHint">Base64 SHA-256 of the signer's SubjectPublicKeyInfo: says which key, proves nothing.</param>
/// <param name="Entry">Null where it was not logged, or not yet.</param>
public sealed record SigstoreBundle(string KeyHint, BundleContent Content, LoggedEntry? Entry)
{
    public const string MediaType = "application/vnd.dev.sigstore.bundle.v0.3+json";
    public const int MaxBytes = 16 << 20;

    public static SigstoreBundle ForDsse(string payloadType, byte[] payload, byte[] signature, ReadOnlySpan<byte> publicKey) =>
        new(HintOf(publicKey), new BundleContent.Dsse(payloadType, payload, signature), null);

    public static SigstoreBundle ForArtifact(byte[] sha256, byte[] signature, ReadOnlySpan<byte> publicKey) =>
        new(HintOf(publicKey), new BundleContent.Artifact(sha256, signature), null);

    public static string HintOf(ReadOnlySpan<byte> publicKey) => Convert.ToBase64String(SHA256.HashData(publicKey));

    /// <summary>The log entry that stands for this bundle's signature.</summary>
    /// <param name="publicKey">DER SubjectPublicKeyInfo of the signer.</param>
    /// <param name="api">The log that is to take it: Rekor v2 knows an envelope by the SHA-256 of what its signature is over.</param>
    public ProposedEntry ToEntry(ReadOnlySpan<byte> publicKey, LogApi api = LogApi.V1) => Content switch
    {
        BundleContent.Dsse dsse when api == LogApi.V2 => ProposedEntry.HashedRekord002(SHA256.HashData(dsse.SignedBytes), dsse.Signature, publicKey),
        BundleContent.Artifact artifact when api == LogApi.V2 => ProposedEntry.HashedRekord002(artifact.Sha256, artifact.Signature, publicKey),
        BundleContent.Dsse dsse => ProposedEntry.Dsse(dsse.PayloadType, dsse.Payload, dsse.Signature, publicKey),
        BundleContent.Artifact artifact => ProposedEntry.HashedRekord(artifact.Sha256, artifact.Signature, publicKey),
        _ => throw new InvalidOperationException(),
    };

    /// <summary>Canonical JSON, which protojson readers take like any other member order.</summary>
    public byte[] ToJson() => CanonicalJson.Serialize(BundleJson.From(this), BundleContext.Default.BundleJson);

    /// <exception cref="JsonException">Not exactly such a bundle.</exception>
    public static SigstoreBundle Parse(ReadOnlySpan<byte> json) =>
        json.Length <= MaxBytes
            ? StrictJson.Parse(json, BundleContext.Default.BundleJson).ToBundle()
            : throw new LocalizedJsonException("a bundle is larger than allowed", "bundle 过大");
}

/// <summary>What a bundle's one signature is over.</summary>
public abstract record BundleContent(byte[] Signature)
{
    /// <summary>A DSSE envelope: the signature is over its pre-authentication encoding.</summary>
    public sealed record Dsse(string PayloadType, byte[] Payload, byte[] Signature) : BundleContent(Signature)
    {
        public byte[] SignedBytes => DsseEnvelope.PreAuthenticationEncoding(PayloadType, Payload);
    }

    /// <summary>An artefact's own bytes, known here by their SHA-256.</summary>
    public sealed record Artifact(byte[] Sha256, byte[] Signature) : BundleContent(Signature);
}
