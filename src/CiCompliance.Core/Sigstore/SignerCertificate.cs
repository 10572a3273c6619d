using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CiCompliance.Sigstore;

/// <summary>A Fulcio certificate (fulcio docs/certificate-specification.md, docs/oid-info.md), read and not yet verified.</summary>
internal sealed class SignerCertificate
{
    private const string SubjectAlternativeName = "2.5.29.17";
    private const string OtherName = "1.3.6.1.4.1.57264.1.7";
    private const string IssuerText = "1.3.6.1.4.1.57264.1.1";
    private const string IssuerDer = "1.3.6.1.4.1.57264.1.8";
    private const string SctList = "1.3.6.1.4.1.11129.2.4.2";
    private const string CodeSigning = "1.3.6.1.5.5.7.3.3";

    private SignerCertificate(X509Certificate2 certificate, SignatureKey key, IReadOnlyList<string> identities, string? issuer)
    {
        Certificate = certificate;
        Key = key;
        Identities = identities;
        Issuer = issuer;
    }

    public X509Certificate2 Certificate { get; }

    public SignatureKey Key { get; }

    public DateTimeOffset NotBefore => Certificate.NotBefore;

    public DateTimeOffset NotAfter => Certificate.NotAfter;

    /// <summary>Subject alternative names: mail addresses, URIs and Fulcio's own other name.</summary>
    public IReadOnlyList<string> Identities { get; }

    /// <summary>The OIDC issuer, or null.</summary>
    public string? Issuer { get; }

    /// <summary>The list of signed certificate timestamps (RFC 6962 §3.3), without its outer OCTET STRING; null where there is none.</summary>
    public byte[]? Timestamps => Extension(SctList) is { } value ? ReadOctets(value) : null;

    public bool MaySignCode => !IsAuthority(Certificate)
        && Certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().ToList() is [var usages]
        && usages.EnhancedKeyUsages.Cast<Oid>().Any(usage => usage.Value == CodeSigning)
        && Certificate.Extensions.OfType<X509KeyUsageExtension>().All(usage => usage.KeyUsages.HasFlag(X509KeyUsageFlags.DigitalSignature));

    public static bool IsAuthority(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(constraints => constraints.CertificateAuthority);

    public static bool IsRoot(X509Certificate2 certificate) =>
        certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);

    /// <summary>Null for what is no certificate, or whose key or names are not read.</summary>
    public static SignerCertificate? TryRead(byte[] der)
    {
        try
        {
            var certificate = TryLoad(der);
            return certificate is not null
                && certificate.Extensions.Select(extension => extension.Oid?.Value).Distinct().Count() == certificate.Extensions.Count
                && SignatureKey.TryRead(certificate.PublicKey.ExportSubjectPublicKeyInfo()) is { } key
                ? new SignerCertificate(certificate, key, ReadNames(certificate), ReadIssuer(certificate))
                : null;
        }
        catch (Exception e) when (e is CryptographicException or AsnContentException)
        {
            return null;
        }
    }

    /// <summary>Null unless the bytes are exactly one certificate in DER.</summary>
    public static X509Certificate2? TryLoad(byte[] der)
    {
        try
        {
            var certificate = X509CertificateLoader.LoadCertificate(der);
            return certificate.RawData.AsSpan().SequenceEqual(der) ? certificate : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private byte[]? Extension(string oid) => Extension(Certificate, oid);

    private static byte[]? Extension(X509Certificate2 certificate, string oid) =>
        certificate.Extensions.FirstOrDefault(extension => extension.Oid?.Value == oid)?.RawData;

    private static byte[] ReadOctets(byte[] der)
    {
        var reader = new AsnReader(der, AsnEncodingRules.DER);
        var octets = reader.ReadOctetString();
        reader.ThrowIfNotEmpty();
        return octets;
    }

    private static string? ReadIssuer(X509Certificate2 certificate)
    {
        if (Extension(certificate, IssuerDer) is { } der)
        {
            var reader = new AsnReader(der, AsnEncodingRules.DER);
            var text = reader.ReadCharacterString(UniversalTagNumber.UTF8String);
            reader.ThrowIfNotEmpty();
            return text;
        }

        // The older extension holds the text itself, without any DER around it.
        return Extension(certificate, IssuerText) is { } raw ? System.Text.Encoding.UTF8.GetString(raw) : null;
    }

    private static List<string> ReadNames(X509Certificate2 certificate)
    {
        var names = new List<string>();
        if (Extension(certificate, SubjectAlternativeName) is not { } value)
        {
            return names;
        }

        var outer = new AsnReader(value, AsnEncodingRules.DER);
        for (var list = outer.ReadSequence(); list.HasData;)
        {
            var tag = list.PeekTag();
            switch (tag.TagClass == TagClass.ContextSpecific ? tag.TagValue : -1)
            {
                case 0:
                    if (ReadOtherName(list.ReadSequence(tag)) is { } name)
                    {
                        names.Add(name);
                    }

                    break;
                case 1 or 6:
                    names.Add(list.ReadCharacterString(UniversalTagNumber.IA5String, tag));
                    break;
                default:
                    list.ReadEncodedValue();
                    break;
            }
        }

        outer.ThrowIfNotEmpty();
        return names;
    }

    private static string? ReadOtherName(AsnReader other)
    {
        var isOurs = other.ReadObjectIdentifier() == OtherName;
        var value = other.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0));
        return isOurs ? value.ReadCharacterString(UniversalTagNumber.UTF8String) : null;
    }
}
