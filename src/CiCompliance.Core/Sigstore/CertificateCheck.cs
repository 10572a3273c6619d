using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;
using CiCompliance.Attestations;
using CiCompliance.Keys;

namespace CiCompliance.Sigstore;

/// <summary>A Fulcio certificate: its path at every authenticated time, whose it is, and that a certificate log knows it.</summary>
internal sealed class CertificateCheck(TrustMaterial trust, ISignatureVerifier ed25519, SigstoreReport report)
{
    private const string Id = "certificate";
    private const string CodeSigning = "1.3.6.1.5.5.7.3.3";

    /// <summary>The certificates of a bundle; null, and refused, where the first can't be one that signs or a root is among them.</summary>
    public static BundleSigner? Read(IReadOnlyList<byte[]> chain, SigstoreReport report)
    {
        var rest = chain.Skip(1).Select(SignerCertificate.TryLoad).ToList();
        if (SignerCertificate.TryRead(chain[0]) is not { } leaf || rest.Contains(null))
        {
            report.Refuse(Id, BundleDiagnostics.Malformed, new("a certificate is malformed, or its key is of a kind that is not read", "证书格式有误,或其密钥类型不受支持"));
            return null;
        }

        if (rest.Exists(certificate => SignerCertificate.IsRoot(certificate!)) || SignerCertificate.IsRoot(leaf.Certificate))
        {
            report.Refuse(Id, SigstoreDiagnostics.UntrustedCertificate, new("it brings a root certificate of its own", "其中自带根证书"),
                new("Roots come from the trusted root only: have the bundle made again", "根证书只能来自受信根:请重新制作 bundle"));
            return null;
        }

        if (!leaf.MaySignCode || rest.Exists(certificate => !SignerCertificate.IsAuthority(certificate!)))
        {
            report.Refuse(Id, SigstoreDiagnostics.UntrustedCertificate, new("its certificate may not sign artefacts", "其证书无权签署制品"));
            return null;
        }

        return new BundleSigner(leaf.Key, leaf, [.. rest.Select(certificate => certificate!)]);
    }

    public void Verify(SignerCertificate certificate, IReadOnlyList<X509Certificate2> extra, ExpectedSigner.Identity expected, IReadOnlyList<DateTimeOffset> times)
    {
        VerifyIdentity(certificate, expected);
        if (times.Count == 0)
        {
            if (report.IsRefused("timestamp") || report.IsRefused("log time") || report.IsRefused("log entry"))
            {
                // There would have been a time; why it doesn't count has been said.
                return;
            }

            report.Refuse(Id, BundleDiagnostics.NoTime,
                new("no signed entry timestamp and no time stamp shows when its short-lived certificate was used", "没有 SET 或时间戳能证明短期证书的使用时间"));
            return;
        }

        X509Certificate2? issuer = null;
        foreach (var time in times)
        {
            if (time < certificate.NotBefore || time > certificate.NotAfter)
            {
                report.Refuse(Id, SigstoreDiagnostics.CertificateOutsideWindow,
                    new($"it was used at {time:u}, and its certificate is valid from {certificate.NotBefore:u} to {certificate.NotAfter:u}",
                        $"其使用时间为 {time:u},而证书有效期为 {certificate.NotBefore:u} 至 {certificate.NotAfter:u}"));
                return;
            }

            issuer = trust.CertificateAuthorities.Where(authority => authority.ValidFor.Contains(time))
                .Select(authority => CertificatePath.IssuerOf(certificate.Certificate, authority, extra, CodeSigning, time)).FirstOrDefault(found => found is not null);
            if (issuer is null)
            {
                report.Refuse(Id, SigstoreDiagnostics.UntrustedCertificate,
                    new($"its certificate leads to no authority that counted at {time:u}", $"其证书不能追溯到在 {time:u} 有效的受信机构"),
                    new("Look who made it; authorities come from --trusted-root", "请确认来源;受信机构取自 --trusted-root"));
                return;
            }
        }

        report.Pass(Id, "leads to a trusted authority at every proven time", "在每个已证实的时间均可追溯到受信机构");
        VerifyTimestamps(certificate, issuer!);
    }

    private void VerifyIdentity(SignerCertificate certificate, ExpectedSigner.Identity expected)
    {
        if (certificate.Identities.Contains(expected.Name, StringComparer.Ordinal) && certificate.Issuer == expected.Issuer)
        {
            report.Pass("identity", expected.Name, expected.Name);
            return;
        }

        var names = Shown.Of(string.Join(", ", certificate.Identities));
        report.Refuse("identity", SigstoreDiagnostics.OtherIdentity,
            new($"it was signed by '{names}' of '{Shown.Of(certificate.Issuer ?? "")}'", $"签名者为“{names}”(“{Shown.Of(certificate.Issuer ?? "")}”)"),
            new("Look whether that is who should have signed", "请确认其是否为应当签名者"));
    }

    /// <summary>One promise of a trusted certificate log must stand in the certificate (RFC 6962 §3.2); others are not looked at.</summary>
    private void VerifyTimestamps(SignerCertificate certificate, X509Certificate2 issuer)
    {
        try
        {
            var timestamps = certificate.Timestamps is { } list ? SignedCertificateTimestamp.ReadList(list) ?? [] : [];
            var precertificate = timestamps.Count > 0 ? SignedCertificateTimestamp.Precertificate(certificate.Certificate.RawData) : [];
            if (timestamps.Any(timestamp => trust.CertificateLogs(timestamp.LogId).Any(log =>
                log.Log.ValidFor.Contains(timestamp.Time) && timestamp.Verify(precertificate, issuer, log.Key, ed25519))))
            {
                report.Pass("certificate log", "a trusted log has promised to show it", "受信证书日志已承诺收录");
                return;
            }
        }
        catch (AsnContentException)
        {
            // The same as no promise.
        }

        report.Refuse("certificate log", SigstoreDiagnostics.NoCertificateLog,
            new("no certificate log of the trusted root has promised to show its certificate", "受信根中没有证书日志承诺收录其证书"));
    }
}
