using System.Security.Cryptography;
using System.Text.Json;
using CiCompliance.Json;
using CiCompliance.Policy;
using CiCompliance.Signing;
using CiCompliance.Sigstore;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Attestations;

/// <summary>
/// A Sigstore bundle v0.3 with a managed key (sigstore/protobuf-specs, protojson): one signature over an artefact's bytes or over a
/// DSSE envelope, and at most one log entry. Parsing checks the form only; <see cref="BundleVerifier"/> decides.
/// </summary>
/// <param name="KeyHint">Base64 SHA-256 of the signer's SubjectPublicKeyInfo: says which key, proves nothing.</param>
/// <param name="Content">Of an artefact always with its SHA-256.</param>
/// <param name="Entry">Null where it was not logged, or not yet.</param>
public sealed record SigstoreBundle(string KeyHint, SignedContent Content, LoggedEntry? Entry)
{
    public const string MediaType = BundleMediaType.Newest;
    public const int MaxBytes = Bundle.MaxBytes;

    private const int MaxTimestamps = 4;

    /// <summary>RFC 3161 time stamps over the signature (TimeStampResp, DER).</summary>
    public IReadOnlyList<byte[]> Timestamps { get; init; } = [];

    public static SigstoreBundle ForDsse(string payloadType, byte[] payload, byte[] signature, ReadOnlySpan<byte> publicKey) =>
        new(HintOf(publicKey), new SignedContent.Dsse(payloadType, payload, signature), null);

    public static SigstoreBundle ForArtifact(byte[] sha256, byte[] signature, ReadOnlySpan<byte> publicKey) =>
        new(HintOf(publicKey), new SignedContent.Message(new(MessageDigest.Sha256, sha256), signature), null);

    public static string HintOf(ReadOnlySpan<byte> publicKey) => Convert.ToBase64String(SHA256.HashData(publicKey));

    /// <summary>The log entry that stands for this bundle's signature.</summary>
    /// <param name="publicKey">DER SubjectPublicKeyInfo of the signer.</param>
    /// <param name="api">The log that is to take it: Rekor v2 knows an envelope by the SHA-256 of what its signature is over.</param>
    public ProposedEntry ToEntry(ReadOnlySpan<byte> publicKey, LogApi api = LogApi.V1) => Content switch
    {
        SignedContent.Dsse dsse when api == LogApi.V2 => ProposedEntry.HashedRekord002(SHA256.HashData(dsse.SignedBytes), dsse.Signature, publicKey),
        SignedContent.Message { Sha256: { } sha256 } message when api == LogApi.V2 => ProposedEntry.HashedRekord002(sha256, message.Signature, publicKey),
        SignedContent.Dsse dsse => ProposedEntry.Dsse(dsse.PayloadType, dsse.Payload, dsse.Signature, publicKey),
        SignedContent.Message { Sha256: { } sha256 } message => ProposedEntry.HashedRekord(sha256, message.Signature, publicKey),
        _ => throw new InvalidOperationException(),
    };

    /// <summary>Canonical JSON, which protojson readers take like any other member order.</summary>
    public byte[] ToJson() => new Bundle(BundleVersion.V03, new SigningMaterial.Key(KeyHint), Content, Entry is null ? [] : [Entry], Timestamps).ToJson();

    /// <summary>
    /// Reads a bundle of this narrow kind in the one form that it is written in, member order and white space apart: of what protojson lets pass
    /// (numbers for int64, other base64, explicit zeros, other names) nothing.
    /// </summary>
    /// <exception cref="JsonException">Not exactly such a bundle.</exception>
    public static SigstoreBundle Parse(ReadOnlySpan<byte> json)
    {
        var bundle = Narrow(ReadAny(json));
        return bundle.ToJson().AsSpan().SequenceEqual(CanonicalJson.Canonicalize(json))
            ? bundle
            : throw new LocalizedJsonException("something in it is written in another form than this product writes", "其中某处的写法与本产品不同");
    }

    private static Bundle ReadAny(ReadOnlySpan<byte> json)
    {
        try
        {
            return Bundle.Parse(json);
        }
        catch (UnsupportedBundleException e)
        {
            throw new LocalizedJsonException($"the media type is not {MediaType}", $"媒体类型不是 {MediaType}", e);
        }
    }

    private static SigstoreBundle Narrow(Bundle bundle) => new(
        bundle is { Version: BundleVersion.V03, Material: SigningMaterial.Key key, Timestamps.Count: <= MaxTimestamps }
            ? key.Hint
            : throw new LocalizedJsonException($"a bundle is of v0.3 here, with a key and at most {MaxTimestamps} time stamps", $"此处的 bundle 应为 v0.3,带密钥且至多 {MaxTimestamps} 个时间戳"),
        bundle.Content is SignedContent.Message { Sha256: null }
            ? throw new LocalizedJsonException("messageDigest is not a SHA2_256 digest", "messageDigest 不是 SHA2_256 摘要")
            : bundle.Content,
        bundle.Entries switch
        {
            [] => null,
            [var only] => only,
            _ => throw new LocalizedJsonException("a bundle has at most one log entry here", "bundle 至多含一个日志条目"),
        })
    {
        Timestamps = bundle.Timestamps,
    };
}
