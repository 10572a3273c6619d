using System.Security.Cryptography;
using System.Text.Json;
using CiCompliance.Json;
using CiCompliance.Keys;
using CiCompliance.Sigstore;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Attestations;

/// <summary>Verifies a Sigstore bundle v0.3 with managed keys, offline: signature, content, log entry, time, inclusion and checkpoint.</summary>
public sealed class BundleVerifier(ISignatureVerifier verifier)
{
    /// <summary>Never throws for what the bundle holds.</summary>
    /// <param name="origin">What findings name: the file.</param>
    public BundleAssessment Verify(ReadOnlySpan<byte> bundle, BundleExpectation expected, string origin)
    {
        SigstoreBundle parsed;
        try
        {
            parsed = SigstoreBundle.Parse(bundle);
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            var finding = Unreadable(bundle, origin, e);
            return new(finding.Diagnostic.Kind == DiagnosticKind.NotCompliant ? Verdict.Fail : Verdict.Undecided, [finding], null, null, null);
        }

        return Verify(parsed, expected, origin);
    }

    public BundleAssessment Verify(SigstoreBundle bundle, BundleExpectation expected, string origin)
    {
        var findings = new List<Finding>();
        var signer = VerifySignature(bundle, expected, origin, findings);
        if (BundleSubject.Mismatch(bundle.Content, expected) is { } mismatch)
        {
            findings.Add(new(BundleDiagnostics.OtherContent, origin, mismatch,
                new("Take the bundle that was made for this artefact", "请使用为该制品生成的 bundle")));
        }

        LogAssessment? log = null;
        if (bundle.Entry is { } entry)
        {
            log = new EntryVerifier(verifier).Verify(entry, bundle.Content, signer, expected, origin, findings);
        }
        else if (expected.RequireLog)
        {
            findings.Add(new(BundleDiagnostics.NotLogged, origin,
                new("it carries no transparency log entry", "其中没有透明日志条目"),
                new("Run cicompliance record", "请运行 cicompliance record")));
        }

        var verdict = findings.Count == 0 ? Verdict.Pass
            : findings.Exists(finding => finding.Diagnostic.Kind == DiagnosticKind.NotCompliant) ? Verdict.Fail
            : Verdict.Undecided;
        return new(verdict, findings, bundle, signer, verdict == Verdict.Pass ? log : null);
    }

    private TrustedKey? VerifySignature(SigstoreBundle bundle, BundleExpectation expected, string origin, List<Finding> findings)
    {
        var candidates = expected.Signers
            .Where(key => key.Algorithm == KeyAlgorithm.EcdsaP256 && SigstoreBundle.HintOf(key.PublicKey) == bundle.KeyHint)
            .ToList();
        if (candidates.Count == 0)
        {
            findings.Add(new(BundleDiagnostics.UnknownSigner, origin,
                new("it is signed by a key that is not trusted for this", "签名密钥不受信任"),
                new("Look who made it; a key of the organisation is added with cicompliance trust import", "请确认来源;组织密钥用 cicompliance trust import 添加")));
            return null;
        }

        var signer = candidates.Find(key => VerdictOf(bundle.Content, key) == Verdict.Pass);
        if (signer is null)
        {
            findings.Add(new(BundleDiagnostics.BadSignature, origin,
                new("its signature does not verify", "签名验证失败"),
                new("It was changed after signing: get it again from its source", "签名后被改动:请从来源重新获取")));
        }

        return signer;
    }

    private Verdict VerdictOf(SignedContent content, TrustedKey key) => content switch
    {
        SignedContent.Dsse dsse => verifier.Verify(key.Algorithm, key.PublicKey, dsse.SignedBytes, dsse.Signature),
        // The digest is known already, so that a large artefact is hashed once, streaming; the signature port takes messages only.
        SignedContent.Message { Sha256: { } sha256 } message => SignatureKey.TryRead(key.PublicKey) is { Details: SignatureKey.P256 } p256
            && p256.VerifyHash(sha256, HashAlgorithmName.SHA256, message.Signature) ? Verdict.Pass : Verdict.Fail,
        _ => Verdict.Undecided,
    };

    private static Finding Unreadable(ReadOnlySpan<byte> bundle, string origin, Exception e) =>
        IsOtherFormat(bundle)
            ? new(BundleDiagnostics.Unsupported, origin,
                new("it is a bundle of another version; only v0.3 is read", "其为其他版本的 bundle,仅支持 v0.3"),
                new("Sign again with cosign --new-bundle-format, or verify it with cosign", "请用 cosign --new-bundle-format 重新签名,或用 cosign 验证"))
            : new(BundleDiagnostics.Malformed, origin,
                new($"it is not a Sigstore bundle v0.3 ({e.Problem().En})", $"不是 Sigstore bundle v0.3({e.Problem().Zh})"),
                new("Get it again from its source", "请从来源重新获取"));

    /// <summary>Whether it says itself that it is another version: cosign 2's own form, or another bundle media type.</summary>
    private static bool IsOtherFormat(ReadOnlySpan<byte> bundle)
    {
        try
        {
            var reader = new Utf8JsonReader(bundle, new JsonReaderOptions { MaxDepth = StrictJson.MaxDepth });
            using var document = JsonDocument.ParseValue(ref reader);
            var root = document.RootElement;
            return root.ValueKind == JsonValueKind.Object
                && (root.TryGetProperty("mediaType", out var type)
                    ? type.ValueKind == JsonValueKind.String && type.GetString() != SigstoreBundle.MediaType
                    : root.TryGetProperty("base64Signature", out _));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}
