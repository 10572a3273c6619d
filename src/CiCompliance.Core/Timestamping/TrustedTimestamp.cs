using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CiCompliance.Keys;
using CiCompliance.Sigstore;

namespace CiCompliance.Timestamping;

/// <summary>A time stamp whose signature verified, and the trusted key that made it, or null where none of the trusted keys did.</summary>
internal sealed record TrustedTimestamp(DateTimeOffset Time, TrustedKey? Authority)
{
    /// <summary>Null where it is no time stamp over these bytes. Whether the authority's key counts at that time is not judged here.</summary>
    /// <param name="response">TimeStampResp, DER; it must carry the authority's certificate.</param>
    /// <param name="authorities">Keys with <see cref="KeyRole.Tsa"/>: those in the authorities' own certificates.</param>
    public static TrustedTimestamp? Read(byte[] response, byte[] signedData, IReadOnlyList<TrustedKey> authorities, ITimestampTokens tokens)
    {
        if (tokens.Read(response, signedData, []) is not { } token)
        {
            return null;
        }

        try
        {
            using var certificate = X509CertificateLoader.LoadCertificate(token.Signer);
            var key = certificate.PublicKey.ExportSubjectPublicKeyInfo();
            return new(token.Time, authorities.FirstOrDefault(authority => authority.PublicKey.AsSpan().SequenceEqual(key)));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
