using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CiCompliance.Sigstore;

/// <summary>Builds the path from a certificate to a trusted authority at a given time: no download, no revocation, no root of the machine.</summary>
internal static class CertificatePath
{
    /// <returns>The certificate's issuer on the path, or null where no path verifies.</returns>
    /// <param name="extra">Intermediate certificates that came with it; they are believed nothing.</param>
    /// <param name="usage">The extended key usage that every certificate of the path must allow.</param>
    public static X509Certificate2? IssuerOf(
        X509Certificate2 certificate, AuthorityCertificates authority, IReadOnlyList<X509Certificate2> extra, string usage, DateTimeOffset at)
    {
        try
        {
            DateTimeOffset end = certificate.NotAfter;
            return authority.Roots.Count > 0 && at >= certificate.NotBefore && at <= end
                // RFC 5280 §4.1.2.5 counts the last second in, OpenSSL does not.
                ? Build(certificate, authority, extra, usage, at == end ? at.AddSeconds(-1) : at)
                : null;
        }
        catch (Exception e) when (e is CryptographicException or PlatformNotSupportedException)
        {
            return null;
        }
    }

    private static X509Certificate2? Build(
        X509Certificate2 certificate, AuthorityCertificates authority, IReadOnlyList<X509Certificate2> extra, string usage, DateTimeOffset at)
    {
        using var chain = new X509Chain();
        var policy = chain.ChainPolicy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(authority.Roots);
        policy.ExtraStore.AddRange(authority.Intermediates);
        policy.ExtraStore.AddRange(extra.ToArray());
        policy.RevocationMode = X509RevocationMode.NoCheck;
        policy.DisableCertificateDownloads = true;
        policy.VerificationTimeIgnored = false;
        policy.VerificationTime = at.UtcDateTime;
        policy.ApplicationPolicy.Add(new Oid(usage));
        return chain.Build(certificate) && chain.ChainElements.Count > 1 ? chain.ChainElements[1].Certificate : null;
    }
}

/// <summary>An authority's certificates, loaded once.</summary>
internal sealed class AuthorityCertificates
{
    public AuthorityCertificates(TrustedAuthority authority)
    {
        ValidFor = authority.ValidFor;
        foreach (var certificate in authority.Chain.Select(SignerCertificate.TryLoad).OfType<X509Certificate2>())
        {
            var place = !SignerCertificate.IsAuthority(certificate) ? Leaves : SignerCertificate.IsRoot(certificate) ? Roots : Intermediates;
            place.Add(certificate);
        }
    }

    public ValidityWindow ValidFor { get; }

    public X509Certificate2Collection Roots { get; } = [];

    public X509Certificate2Collection Intermediates { get; } = [];

    /// <summary>Certificates that sign themselves: a time-stamping authority's own.</summary>
    public X509Certificate2Collection Leaves { get; } = [];
}
