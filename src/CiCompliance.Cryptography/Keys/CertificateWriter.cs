using System.Formats.Asn1;
using CiCompliance.Keys;

namespace CiCompliance.Cryptography.Keys;

/// <summary>What certificates and the requests for them have in common (RFC 5280 §4.1, RFC 2986 §4).</summary>
internal static class CertificateWriter
{
    private const string BasicConstraints = "2.5.29.19";
    private const string KeyUsage = "2.5.29.15";
    private const string ExtendedKeyUsage = "2.5.29.37";
    private const string SubjectAltName = "2.5.29.17";
    private const string CodeSigning = "1.3.6.1.5.5.7.3.3";
    private const string CommonName = "2.5.4.3";
    private const string EmailAddress = "1.2.840.113549.1.9.1";
    private const int MaxMail = 200;

    /// <summary>The outer sequence of a certificate or request: body, algorithm, signature over the body.</summary>
    public static byte[] Sign(ISigner signer, byte[] body)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteEncodedValue(body);
            WriteSignatureAlgorithm(writer, signer.Algorithm);
            writer.WriteBitString(signer.Sign(body));
        }

        return writer.Encode();
    }

    /// <exception cref="ArgumentException">Not an address in printable ASCII.</exception>
    public static void CheckMail(string? mail)
    {
        if (mail is not null && (mail.Length > MaxMail || !mail.Contains('@', StringComparison.Ordinal) || mail.Any(c => c is <= ' ' or > '~')))
        {
            throw new ArgumentException("an address is printable ASCII with an @", nameof(mail));
        }
    }

    /// <summary>Extensions ::= SEQUENCE: no CA, for digital signatures and code signing, and the holder's address.</summary>
    public static void WriteExtensions(AsnWriter writer, string? mail)
    {
        using (writer.PushSequence())
        {
            WriteExtension(writer, BasicConstraints, isCritical: true, () => writer.PushSequence().Dispose());
            WriteExtension(writer, KeyUsage, isCritical: true, () => writer.WriteBitString([0x80], unusedBitCount: 7));
            WriteExtension(writer, ExtendedKeyUsage, isCritical: false, () => WriteSequence(writer, () => writer.WriteObjectIdentifier(CodeSigning)));
            if (mail is not null)
            {
                WriteExtension(writer, SubjectAltName, isCritical: false, () => WriteSequence(writer,
                    () => writer.WriteCharacterString(UniversalTagNumber.IA5String, mail, new Asn1Tag(TagClass.ContextSpecific, 1))));
            }
        }
    }

    public static void WriteName(AsnWriter writer, string commonName, string? mail)
    {
        using (writer.PushSequence())
        {
            WriteAttribute(writer, CommonName, UniversalTagNumber.UTF8String, commonName);
            if (mail is not null)
            {
                WriteAttribute(writer, EmailAddress, UniversalTagNumber.IA5String, mail);
            }
        }
    }

    public static void WriteSignatureAlgorithm(AsnWriter writer, KeyAlgorithm algorithm) => WriteSequence(writer, () => writer.WriteObjectIdentifier(algorithm switch
    {
        KeyAlgorithm.Sm2 => "1.2.156.10197.1.501",
        KeyAlgorithm.EcdsaP256 => "1.2.840.10045.4.3.2",
        KeyAlgorithm.Ed25519 => "1.3.101.112",
        _ => throw new ArgumentException("not a key algorithm for certificates", nameof(algorithm)),
    }));

    private static void WriteExtension(AsnWriter writer, string oid, bool isCritical, Action write)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(oid);
            if (isCritical)
            {
                writer.WriteBoolean(true);
            }

            using (writer.PushOctetString())
            {
                write();
            }
        }
    }

    private static void WriteAttribute(AsnWriter writer, string oid, UniversalTagNumber type, string value)
    {
        using (writer.PushSetOf())
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(oid);
            writer.WriteCharacterString(type, value);
        }
    }

    private static void WriteSequence(AsnWriter writer, Action write)
    {
        using (writer.PushSequence())
        {
            write();
        }
    }
}
