using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CiCompliance.Json;
using CiCompliance.Server.Hosting;
using CiCompliance.Server.Log.Search;
using CiCompliance.Signing;

namespace CiCompliance.Server.Log.Entries;

/// <summary>
/// Makes log entries of requests: verifies the signature, then writes the canonical body (RFC 8785) that a Rekor server writes. Every
/// value in it is base64 or hex of what was decoded, so nothing needs an escape.
/// </summary>
internal sealed class ProposalReader(VerifierKeys keys)
{
    private const int MaxSignatures = 8;

    /// <exception cref="RefusedException">Malformed, of another kind, or its signature does not verify.</exception>
    public EntryCandidate ReadV1(ReadOnlyMemory<byte> json)
    {
        try
        {
            return ReadV1(Parse(json.Span, RekorV1Context.Default.ProposedV1));
        }
        catch (RefusedException) when (IsOtherKind(json))
        {
            // Each kind has members of its own: which of them is not known says less.
            throw OtherKind();
        }
    }

    /// <summary>
    /// An entry as it would be logged, to look for it: what was logged has been verified, so a signature is only where several keys leave
    /// open whose it is.
    /// </summary>
    /// <exception cref="RefusedException">As above.</exception>
    public EntryCandidate ReadKnown(ProposedV1 proposed) => ReadV1(proposed, isNew: false);

    /// <exception cref="RefusedException">As above.</exception>
    public EntryCandidate ReadV1(ProposedV1 proposed) => ReadV1(proposed, isNew: true);

    /// <exception cref="RefusedException">As above.</exception>
    public EntryCandidate ReadV2(ReadOnlySpan<byte> json)
    {
        var proposed = Parse(json, RekorV2Context.Default.CreateEntryV2).HashedRekord;
        var verifier = proposed.Signature.Verifier;
        var key = verifier switch
        {
            { PublicKey: { } raw, X509Certificate: null } => keys.FromDer(raw.RawBytes, isCertificate: false),
            { PublicKey: null, X509Certificate: { } raw } => keys.FromDer(raw.RawBytes, isCertificate: true),
            _ => throw Malformed("a verifier is either a key or a certificate"),
        };
        var hash = HashOf(verifier.KeyDetails, key);
        var digest = Base64Text.Decode(proposed.Digest, "digest");
        var signature = Base64Text.Decode(proposed.Signature.Content, "content");
        if (digest.Length != hash.Size || !key.VerifyDigest(digest, hash.Name, signature))
        {
            throw Unverified();
        }

        var raw64 = Convert.ToBase64String(key.Signer.Der);
        var signer = key.Signer.IsCertificate ? $"\"x509Certificate\":{{\"rawBytes\":\"{raw64}\"}}" : $"\"publicKey\":{{\"rawBytes\":\"{raw64}\"}}";
        var body = $"{{\"apiVersion\":\"0.0.2\",\"kind\":\"hashedrekord\",\"spec\":{{\"hashedRekordV002\":{{\"data\":{{\"algorithm\":\"{hash.V2}\",\"digest\":\"{Convert.ToBase64String(digest)}\"}},"
            + $"\"signature\":{{\"content\":\"{Convert.ToBase64String(signature)}\",\"verifier\":{{\"keyDetails\":\"{verifier.KeyDetails}\",{signer}}}}}}}}}}}";
        return EntryCandidate.Of(Encoding.ASCII.GetBytes(body), new EntryKeys().With(KeyKind.Artifact, digest).With(KeyKind.Verifier, key.Id));
    }

    /// <summary>The key of a search, known to this log or not.</summary>
    /// <exception cref="RefusedException">Not a key or certificate.</exception>
    public VerifierKey KeyOf(string pemBase64) => keys.FromPem(pemBase64);

    /// <exception cref="RefusedException">Not exactly such a document.</exception>
    public static T Parse<T>(ReadOnlySpan<byte> json, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> typeInfo)
    {
        try
        {
            return StrictJson.Parse(json, typeInfo);
        }
        catch (JsonException e)
        {
            throw Malformed(SafeText.Line($"not the JSON that this call takes, at {e.Path ?? "$"}", 200));
        }
    }

    private EntryCandidate ReadV1(ProposedV1 proposed, bool isNew) => (proposed.Kind, proposed.ApiVersion, proposed.Spec) switch
    {
        ("hashedrekord", "0.0.1", { Data: { } data, Signature: { } signature, ProposedContent: null, Signatures: null }) => HashedRekord(data.Hash, signature, isNew),
        ("dsse", "0.0.1", { Data: null, Signature: null, ProposedContent: { } content, Signatures: null }) => Dsse(content, isNew),
        ("hashedrekord" or "dsse", "0.0.1", _) => throw Malformed("the spec lacks what an entry of this kind has, or has more"),
        _ => throw OtherKind(),
    };

    private EntryCandidate HashedRekord(HashV1 hash, SignatureV1 signed, bool isNew)
    {
        var algorithm = EntryHash.All.FirstOrDefault(known => known.V1 == hash.Algorithm) ?? throw Malformed("the hash is not sha256, sha384 or sha512");
        var digest = algorithm.FromHex(hash.Value);
        var signature = Base64Text.Decode(signed.Content, "signature.content");
        var key = keys.FromPem(signed.PublicKey.Content);
        if (isNew && !key.VerifyDigest(digest, algorithm.Name, signature))
        {
            throw Unverified();
        }

        var body = $"{{\"apiVersion\":\"0.0.1\",\"kind\":\"hashedrekord\",\"spec\":{{\"data\":{{\"hash\":{{\"algorithm\":\"{algorithm.V1}\",\"value\":\"{Convert.ToHexStringLower(digest)}\"}}}},"
            + $"\"signature\":{{\"content\":\"{Convert.ToBase64String(signature)}\",\"publicKey\":{{\"content\":\"{key.PemBase64}\"}}}}}}}}";
        return EntryCandidate.Of(Encoding.ASCII.GetBytes(body), new EntryKeys().With(KeyKind.Artifact, digest).With(KeyKind.Verifier, key.Id));
    }

    private EntryCandidate Dsse(DsseV1 content, bool isNew)
    {
        var sent = Encoding.UTF8.GetBytes(content.Envelope);
        var envelope = Parse(sent, RekorV1Context.Default.EnvelopeV1);
        if (envelope.Signatures.Count is 0 or > MaxSignatures || content.Verifiers.Count is 0 or > MaxSignatures)
        {
            throw Malformed("a dsse entry has 1 to 8 signatures and verifiers");
        }

        if (!isNew && envelope.Signatures.Count * content.Verifiers.Count > MaxSignatures)
        {
            throw Malformed("too many signatures and verifiers to look for");
        }

        var payload = Base64Text.Decode(envelope.Payload, "payload");
        var message = new SignedMessage(DsseEnvelope.PreAuthenticationEncoding(envelope.PayloadType, payload));
        var verifiers = content.Verifiers.Select(keys.FromPem).ToList();
        var signatures = envelope.Signatures
            .Select(signed => Base64Text.Decode(signed.Sig, "sig"))
            .Select(signature => (Signature: Convert.ToBase64String(signature),
                Key: verifiers.FirstOrDefault(key => (!isNew && verifiers.Count == 1) || key.VerifyMessage(message, signature)) ?? throw Unverified()))
            .OrderBy(pair => pair.Signature, StringComparer.Ordinal).ToList();
        var envelopeHash = SHA256.HashData(sent);
        var payloadHash = SHA256.HashData(payload);
        var body = $"{{\"apiVersion\":\"0.0.1\",\"kind\":\"dsse\",\"spec\":{{\"envelopeHash\":{{\"algorithm\":\"sha256\",\"value\":\"{Convert.ToHexStringLower(envelopeHash)}\"}},"
            + $"\"payloadHash\":{{\"algorithm\":\"sha256\",\"value\":\"{Convert.ToHexStringLower(payloadHash)}\"}},\"signatures\":["
            + string.Join(',', signatures.Select(pair => $"{{\"signature\":\"{pair.Signature}\",\"verifier\":\"{pair.Key.PemBase64}\"}}")) + "]}}";
        var found = new EntryKeys().With(KeyKind.Artifact, payloadHash).With(KeyKind.Artifact, envelopeHash);
        foreach (var id in signatures.Select(pair => pair.Key.Id))
        {
            found.With(KeyKind.Verifier, id);
        }

        return EntryCandidate.Of(Encoding.ASCII.GetBytes(body), found);
    }

    private static bool IsOtherKind(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = RekorV1Context.Default.Options.MaxDepth });
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("kind", out var kind) && kind.ValueKind == JsonValueKind.String
                && !kind.ValueEquals("hashedrekord") && !kind.ValueEquals("dsse");
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static RefusedException OtherKind() => new("other-kind", "error processing entry: this log takes hashedrekord 0.0.1 and dsse 0.0.1");

    private static EntryHash HashOf(string keyDetails, VerifierKey key) => (keyDetails, key.Algorithm, key.Bits) switch
    {
        ("PKIX_ECDSA_P256_SHA_256", SpkiAlgorithm.P256, _) => EntryHash.Sha256,
        ("PKIX_ECDSA_P384_SHA_384", SpkiAlgorithm.P384, _) => EntryHash.Sha384,
        ("PKIX_ECDSA_P521_SHA_512", SpkiAlgorithm.P521, _) => EntryHash.Sha512,
        ("PKIX_RSA_PKCS1V15_2048_SHA256", SpkiAlgorithm.Rsa, 2048) => EntryHash.Sha256,
        ("PKIX_RSA_PKCS1V15_3072_SHA256", SpkiAlgorithm.Rsa, 3072) => EntryHash.Sha256,
        ("PKIX_RSA_PKCS1V15_4096_SHA256", SpkiAlgorithm.Rsa, 4096) => EntryHash.Sha256,
        _ => throw new RefusedException("bad-key", "the key is not of the algorithm of keyDetails, or of none that is verified here"),
    };

    private static RefusedException Malformed(string what) => new("malformed", "error processing entry: " + what);

    private static RefusedException Unverified() => new("bad-signature", "error processing entry: verifying signature: invalid signature");
}
