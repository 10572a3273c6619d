using System.Formats.Asn1;

namespace CiCompliance.Cryptography.Keys;

/// <summary>What is read from a certificate's extensions and names beside the key (RFC 5280 §4.2). Malformed ones say nothing, and allow nothing.</summary>
internal static class CertificateExtensions
{
    private const string SubjectKeyIdentifierOid = "2.5.29.14";
    private const string KeyUsageOid = "2.5.29.15";
    private const string ExtendedKeyUsageOid = "2.5.29.37";
    private const string SubjectAltNameOid = "2.5.29.17";
    private const string EmailAddressOid = "1.2.840.113549.1.9.1";
    private const int MaxExtensions = 64;

    // Those that say nothing about what one signature means: names, constraints on issuing, policies, where to look things up.
    private static readonly string[] Known =
        [SubjectKeyIdentifierOid, KeyUsageOid, SubjectAltNameOid, "2.5.29.18", "2.5.29.19", "2.5.29.30", "2.5.29.31", "2.5.29.32", "2.5.29.35", "2.5.29.36", ExtendedKeyUsageOid];

    // emailProtection, codeSigning, anyExtendedKeyUsage (RFC 5280 §4.2.1.12).
    private static readonly string[] SigningPurposes = ["1.3.6.1.5.5.7.3.4", "1.3.6.1.5.5.7.3.3", "2.5.29.37.0"];

    public static byte[]? SubjectKeyIdentifier(this X509CertificateInfo certificate) =>
        Read(certificate, extensions => extensions.Where(extension => extension.Oid == SubjectKeyIdentifierOid)
            .Select(extension => new AsnReader(extension.Value, AsnEncodingRules.DER).ReadOctetString()).FirstOrDefault(), null);

    /// <summary>
    /// No critical extension is unknown; keyUsage, where it is, has digitalSignature or nonRepudiation, and extendedKeyUsage, where it is, names e-mail,
    /// code or any purpose.
    /// </summary>
    public static bool MayVerifySignatures(this X509CertificateInfo certificate) => Read(certificate, extensions =>
        extensions.All(extension => !extension.IsCritical || Known.Contains(extension.Oid))
        && extensions.Where(extension => extension.Oid == KeyUsageOid).All(extension => IsForSignatures(extension.Value))
        && extensions.Where(extension => extension.Oid == ExtendedKeyUsageOid).All(extension => Purposes(extension.Value).Any(SigningPurposes.Contains)), false);

    /// <summary>Addresses of subjectAltName and of the subject's emailAddress: the issuer's word, unchecked.</summary>
    public static IReadOnlyList<string> Mails(this X509CertificateInfo certificate) => Read<IReadOnlyList<string>>(certificate, extensions =>
        [.. extensions.Where(extension => extension.Oid == SubjectAltNameOid).SelectMany(extension => Rfc822Names(extension.Value)), .. EmailAddresses(certificate.Subject)], []);

    private static T Read<T>(X509CertificateInfo certificate, Func<List<Extension>, T> read, T malformed)
    {
        try
        {
            return read(All(certificate.Extensions));
        }
        catch (AsnContentException)
        {
            return malformed;
        }
    }

    private static List<Extension> All(byte[]? encoded)
    {
        var extensions = new List<Extension>();
        if (encoded is null)
        {
            return extensions;
        }

        var outer = new AsnReader(encoded, AsnEncodingRules.DER).ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 3, isConstructed: true));
        var list = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        while (list.HasData)
        {
            var item = list.ReadSequence();
            var oid = item.ReadObjectIdentifier();
            var isCritical = item.PeekTag().HasSameClassAndValue(Asn1Tag.Boolean) && item.ReadBoolean();
            extensions.Add(new Extension(oid, isCritical, item.ReadOctetString()));
            item.ThrowIfNotEmpty();
            if (extensions.Count > MaxExtensions || extensions.Count(extension => extension.Oid == oid) > 1)
            {
                throw new AsnContentException("too many extensions, or one twice");
            }
        }

        return extensions;
    }

    private static List<string> Purposes(byte[] value)
    {
        var purposes = new List<string>();
        for (var list = new AsnReader(value, AsnEncodingRules.DER).ReadSequence(); list.HasData;)
        {
            purposes.Add(list.ReadObjectIdentifier());
        }

        return purposes;
    }

    // Bits 0 (digitalSignature) and 1 (nonRepudiation), from the left.
    private static bool IsForSignatures(byte[] value) =>
        new AsnReader(value, AsnEncodingRules.DER).ReadBitString(out _) is [var bits, ..] && (bits & 0xC0) != 0;

    private static List<string> Rfc822Names(byte[] value)
    {
        var names = new List<string>();
        var tag = new Asn1Tag(TagClass.ContextSpecific, 1);
        for (var reader = new AsnReader(value, AsnEncodingRules.DER).ReadSequence(); reader.HasData;)
        {
            if (reader.PeekTag() == tag)
            {
                names.Add(reader.ReadCharacterString(UniversalTagNumber.IA5String, tag));
            }
            else
            {
                reader.ReadEncodedValue();
            }
        }

        return names;
    }

    private static List<string> EmailAddresses(byte[] subject)
    {
        var mails = new List<string>();
        for (var names = new AsnReader(subject, AsnEncodingRules.DER).ReadSequence(); names.HasData;)
        {
            for (var set = names.ReadSetOf(); set.HasData;)
            {
                var attribute = set.ReadSequence();
                if (attribute.ReadObjectIdentifier() == EmailAddressOid && attribute.PeekTag().HasSameClassAndValue(new Asn1Tag(UniversalTagNumber.IA5String)))
                {
                    mails.Add(attribute.ReadCharacterString(UniversalTagNumber.IA5String));
                }
            }
        }

        return mails;
    }

    private sealed record Extension(string Oid, bool IsCritical, byte[] Value);
}
