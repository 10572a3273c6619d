using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Text.Json;
using CiCompliance.Attestations;
using CiCompliance.Json;
using CiCompliance.Keys;

namespace CiCompliance.Sigstore;

/// <summary>
/// Verifies any Sigstore bundle of v0.1 to v0.3 offline against a trusted root, with the meaning of the public conformance suite's
/// <c>verify-bundle</c>: signature, artefact, certificate and identity, time stamps, log entries. A log entry is always required. Keys and
/// certificates of the root are imported once: keep it for many bundles, on one thread.
/// </summary>
/// <param name="ed25519">Verifies Ed25519 signatures of logs and keys.</param>
/// <param name="clock">Refuses times in the future, and stands in where nothing vouches for a time.</param>
public sealed class SigstoreVerifier(TrustedRoot root, ISignatureVerifier ed25519, ITimestampTokens tokens, TimeProvider clock)
{
    private readonly TrustMaterial trust = new(root);

    /// <summary>Never throws for what the bundle holds.</summary>
    /// <param name="origin">What findings name: the file.</param>
    public SigstoreAnswer Verify(ReadOnlySpan<byte> bundle, SigstoreExpectation expected, string origin)
    {
        var report = new SigstoreReport(origin);
        try
        {
            return Verify(BundleFile.Read(bundle), expected, report);
        }
        catch (UnsupportedBundleException e)
        {
            report.Refuse("bundle", BundleDiagnostics.Unsupported,
                new($"it is a bundle of the form '{Shown.Of(e.Form)}'; v0.1 to v0.3 are read", $"其 bundle 形式为“{Shown.Of(e.Form)}”,仅支持 v0.1 至 v0.3"),
                new("Verify it with the tool that made it", "请用生成它的工具验证"));
        }
        catch (Exception e) when (e is JsonException or FormatException or CryptographicException or AsnContentException or PlatformNotSupportedException)
        {
            // The last three: a certificate whose parts are only looked at when they are needed.
            report.Refuse("bundle", BundleDiagnostics.Malformed,
                new($"it is not a Sigstore bundle ({e.Problem().En})", $"不是 Sigstore bundle({e.Problem().Zh})"),
                new("Get it again from its source", "请从来源重新获取"));
        }

        return report.Answer(null, []);
    }

    private SigstoreAnswer Verify(Bundle bundle, SigstoreExpectation expected, SigstoreReport report)
    {
        var signer = SignerOf(bundle, expected.Signer, report);
        if (signer is null)
        {
            return report.Answer(bundle, []);
        }

        new ContentCheck(ed25519, report).Verify(bundle.Content, signer.Key, expected.Artifact);
        var stamped = new TimestampCheck(trust, tokens, report).Verify(bundle, clock.GetUtcNow());
        var logged = new LogCheck(trust, ed25519, report).Verify(bundle, signer, expected.Artifact, stamped, clock.GetUtcNow());
        List<DateTimeOffset> times = [.. stamped, .. logged];
        if (signer.Certificate is { } certificate && expected.Signer is ExpectedSigner.Identity identity)
        {
            new CertificateCheck(trust, ed25519, report).Verify(certificate, signer.Extra, identity, times);
        }

        return report.Answer(bundle, times);
    }

    private static BundleSigner? SignerOf(Bundle bundle, ExpectedSigner expected, SigstoreReport report)
    {
        switch (bundle.Material, expected)
        {
            case (SigningMaterial.Key, ExpectedSigner.Key key):
                return new BundleSigner(key.Value, null, []);
            case (SigningMaterial.Certificates certificates, ExpectedSigner.Identity):
                return CertificateCheck.Read(certificates.Chain, report);
            case (SigningMaterial.Key, _):
                report.Refuse("signer", BundleDiagnostics.UnknownSigner,
                    new("it is signed with a key and has no certificate that names an identity", "其由密钥签名,没有表明身份的证书"),
                    new("Give the signer's public key with --key", "请用 --key 给出签名者公钥"));
                return null;
            default:
                report.Refuse("signer", BundleDiagnostics.UnknownSigner,
                    new("it is signed with a certificate's key, not with the given one", "其由证书密钥签名,而非所给密钥"),
                    new("Give --certificate-identity and --certificate-oidc-issuer", "请给出 --certificate-identity 和 --certificate-oidc-issuer"));
                return null;
        }
    }
}

/// <summary>Who the bundle says has signed, in the form that was expected; verified step by step.</summary>
/// <param name="Extra">Intermediate certificates of the bundle.</param>
internal sealed record BundleSigner(SignatureKey Key, SignerCertificate? Certificate, IReadOnlyList<System.Security.Cryptography.X509Certificates.X509Certificate2> Extra)
{
    public bool Is(TransparencyLog.EntrySigner signer) =>
        signer.IsCertificate == Certificate is not null && signer.Der.AsSpan().SequenceEqual(Certificate?.Certificate.RawData ?? Key.PublicKey);
}
