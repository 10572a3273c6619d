using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using CiCompliance.Sigstore;

namespace CiCompliance.Testing.Sigstore;

/// <summary>A tiny RFC 3161 time-stamping authority: root and own certificate.</summary>
public sealed class TestTimestampAuthority
{
    private const string TstInfo = "1.2.840.113549.1.9.16.1.4";
    private const string SigningCertificateV2 = "1.2.840.113549.1.9.16.2.47";
    private const string TimeStamping = "1.3.6.1.5.5.7.3.8";
    private const string Sha256Oid = "2.16.840.1.101.3.4.2.1";

    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 certificate;
    private readonly byte[] root;

    /// <param name="lifetime">Of the authority's own certificate.</param>
    public TestTimestampAuthority(DateTimeOffset from, TimeSpan? lifetime = null, string usage = TimeStamping)
    {
        From = from;
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var authority = TestFulcio.Authority("CN=test tsa root", rootKey, null).CreateSelfSigned(from, from.AddYears(10));
        root = authority.RawData;
        var request = new CertificateRequest("CN=test tsa", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], true));
        certificate = request.Create(authority.SubjectName, X509SignatureGenerator.CreateForECDsa(rootKey), from, from + (lifetime ?? TimeSpan.FromDays(3000)), [7, 7]);
    }

    public DateTimeOffset From { get; }

    public byte[] Certificate => certificate.RawData;

    public TrustedAuthority Trusted => new("https://tsa.test", [certificate.RawData, root], new ValidityWindow(From, null));

    /// <summary>The root alone: the token must bring the authority's certificate.</summary>
    public TrustedAuthority TrustedByRoot => Trusted with { Chain = [root] };

    /// <param name="embed">Whether the token carries the certificate.</param>
    /// <param name="status">PKIStatus: 0 granted, 2 rejected.</param>
    /// <returns>A TimeStampResp in DER.</returns>
    public byte[] Stamp(byte[] data, DateTimeOffset time, bool embed = true, int status = 0)
    {
        var info = new AsnWriter(AsnEncodingRules.DER);
        using (info.PushSequence())
        {
            info.WriteInteger(1);
            info.WriteObjectIdentifier("1.3.6.1.4.1.57264.2");
            using (info.PushSequence())
            {
                using (info.PushSequence())
                {
                    info.WriteObjectIdentifier(Sha256Oid);
                    info.WriteNull();
                }

                info.WriteOctetString(SHA256.HashData(data));
            }

            info.WriteInteger(RandomNumberGenerator.GetInt32(1, int.MaxValue));
            info.WriteGeneralizedTime(time, omitFractionalSeconds: true);
        }

        using var own = certificate.CopyWithPrivateKey(key);
        var cms = new SignedCms(new ContentInfo(new Oid(TstInfo), info.Encode()), detached: false);
        var signer = new CmsSigner(SubjectIdentifierType.IssuerAndSerialNumber, own)
        {
            DigestAlgorithm = new Oid(Sha256Oid),
            IncludeOption = embed ? X509IncludeOption.EndCertOnly : X509IncludeOption.None,
        };
        signer.SignedAttributes.Add(new AsnEncodedData(new Oid(SigningCertificateV2), SigningCertificate()));
        cms.ComputeSignature(signer);

        var response = new AsnWriter(AsnEncodingRules.DER);
        using (response.PushSequence())
        {
            using (response.PushSequence())
            {
                response.WriteInteger(status);
            }

            response.WriteEncodedValue(cms.Encode());
        }

        return response.Encode();
    }

    /// <summary>SigningCertificateV2 (RFC 5035 §3): one ESSCertIDv2 with the default SHA-256.</summary>
    private byte[] SigningCertificate()
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        using (writer.PushSequence())
        using (writer.PushSequence())
        {
            writer.WriteOctetString(SHA256.HashData(certificate.RawData));
        }

        return writer.Encode();
    }
}
