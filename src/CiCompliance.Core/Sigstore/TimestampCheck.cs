using System.Security.Cryptography.X509Certificates;
using CiCompliance.Timestamping;

namespace CiCompliance.Sigstore;

/// <summary>
/// The bundle's RFC 3161 time stamps. Where the trusted root names authorities, each time stamp must verify; where it names none they are not
/// looked at and give no time.
/// </summary>
internal sealed class TimestampCheck(TrustMaterial trust, ITimestampTokens tokens, SigstoreReport report)
{
    private const string Id = "timestamp";
    private const string TimeStamping = "1.3.6.1.5.5.7.3.8";

    /// <returns>The times of all that verified.</returns>
    public IReadOnlyList<DateTimeOffset> Verify(Bundle bundle, DateTimeOffset now)
    {
        var times = new List<DateTimeOffset>();
        if (trust.TimestampAuthorities.Count == 0)
        {
            return times;
        }

        List<byte[]> candidates = [.. trust.TimestampAuthorities.SelectMany(authority => authority.Leaves).Select(certificate => certificate.RawData)];
        foreach (var response in bundle.Timestamps)
        {
            if (tokens.Read(response, bundle.Content.Signature, candidates) is not { } token)
            {
                report.Refuse(Id, SigstoreDiagnostics.BadTimestampToken,
                    new("a time stamp is malformed, not over its signature, not by a known authority, or outside its certificate's validity", "时间戳格式有误、并非针对其签名、不是已知机构签发,或超出其证书有效期"));
            }
            else if (!trust.TimestampAuthorities.Any(authority => Vouches(authority, token)))
            {
                report.Refuse(Id, SigstoreDiagnostics.BadTimestampToken,
                    new($"a time stamp of {token.Time:u} is by an authority that the trusted root does not name for that time", $"{token.Time:u} 的时间戳由受信根未就该时间列出的机构签发"));
            }
            else if (ClockTolerance.IsInFuture(token.Time, now))
            {
                RefuseFuture(report, Id, token.Time);
            }
            else
            {
                times.Add(token.Time);
                report.Pass(Id, $"{token.Time:u}, by a trusted authority", $"{token.Time:u},由受信机构签发");
            }
        }

        return times;
    }

    public static void RefuseFuture(SigstoreReport report, string check, DateTimeOffset time) => report.Refuse(check, SigstoreDiagnostics.Future,
        new($"its time {time:u} has not come yet", $"其时间 {time:u} 尚未到来"), new("Check this machine's clock", "请检查本机时钟"));

    private static bool Vouches(AuthorityCertificates authority, TimestampToken token)
    {
        if (!authority.ValidFor.Contains(token.Time) || SignerCertificate.TryLoad(token.Signer) is not { } signer)
        {
            return false;
        }

        // Where the root names the authority's own certificate, no other of the same issuer will do.
        if (authority.Leaves.Count > 0 && !authority.Leaves.Any(leaf => leaf.RawData.AsSpan().SequenceEqual(token.Signer)))
        {
            return false;
        }

        List<X509Certificate2> extra = [.. token.Certificates.Take(Bundle.MaxCertificates).Select(SignerCertificate.TryLoad).OfType<X509Certificate2>()];
        return CertificatePath.IssuerOf(signer, authority, extra, TimeStamping, token.Time) is not null;
    }
}
