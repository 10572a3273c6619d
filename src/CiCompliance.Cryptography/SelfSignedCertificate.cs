using System.Formats.Asn1;
using System.Security.Cryptography;
using CiCompliance.Cryptography.Keys;
using CiCompliance.Keys;

namespace CiCompliance.Cryptography;

/// <summary>
/// A self-signed X.509 v3 certificate (RFC 5280): no CA, keyUsage digitalSignature, extendedKeyUsage codeSigning. SM2 as GB/T 20518 has it:
/// SM2-with-SM3, parameters absent. It carries a key in CMS; trust still comes from the trust store alone.
/// </summary>
public static class SelfSignedCertificate
{
    private const string BasicConstraints = "2.5.29.19";
    private const string KeyUsage = "2.5.29.15";
    private const string ExtendedKeyUsage = "2.5.29.37";
    private const string CodeSigning = "1.3.6.1.5.5.7.3.3";
    private const string CommonName = "2.5.4.3";

    /// <param name="commonName">1 to 64 characters (RFC 5280 appendix A.1).</param>
    /// <param name="notBefore">Cut to whole seconds, as is <paramref name="notAfter"/>.</param>
    /// <returns>DER.</returns>
    /// <exception cref="ArgumentException">A name of another length, or dates in the wrong order.</exception>
    public static byte[] Create(ISigner signer, string commonName, DateTimeOffset notBefore, DateTimeOffset notAfter)
    {
        if (commonName.Length is 0 or > 64 || notAfter <= notBefore)
        {
            throw new ArgumentException("a common name has 1 to 64 characters, and the end lies after the beginning", nameof(commonName));
        }

        var body = WriteBody(signer, commonName, notBefore, notAfter);
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteEncodedValue(body);
            WriteSignatureAlgorithm(writer, signer.Algorithm);
            writer.WriteBitString(signer.Sign(body));
        }

        return writer.Encode();
    }

    /// <summary><c>CERTIFICATE</c> (RFC 7468 §5).</summary>
    public static string ToPem(ReadOnlySpan<byte> certificate) => PemEncoding.WriteString("CERTIFICATE", certificate) + "\n";

    private static byte[] WriteBody(ISigner signer, string commonName, DateTimeOffset notBefore, DateTimeOffset notAfter)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
            {
                writer.WriteInteger(2);
            }

            // Positive and of one length: the first byte is within 40..7F.
            var serial = RandomNumberGenerator.GetBytes(16);
            serial[0] = (byte)(serial[0] & 0x3F | 0x40);
            writer.WriteInteger(serial);
            WriteSignatureAlgorithm(writer, signer.Algorithm);
            WriteName(writer, commonName);
            using (writer.PushSequence())
            {
                X509CertificateInfo.WriteTime(writer, notBefore);
                X509CertificateInfo.WriteTime(writer, notAfter);
            }

            WriteName(writer, commonName);
            writer.WriteEncodedValue(signer.PublicKey);
            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 3)))
            using (writer.PushSequence())
            {
                WriteExtensions(writer);
            }
        }

        return writer.Encode();
    }

    private static void WriteExtensions(AsnWriter writer)
    {
        using (PushExtension(writer, BasicConstraints, isCritical: true, out var value))
        using (value)
        {
            writer.PushSequence().Dispose();
        }

        using (PushExtension(writer, KeyUsage, isCritical: true, out var value))
        using (value)
        {
            writer.WriteBitString([0x80], unusedBitCount: 7);
        }

        using (PushExtension(writer, ExtendedKeyUsage, isCritical: false, out var value))
        using (value)
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(CodeSigning);
        }
    }

    private static AsnWriter.Scope PushExtension(AsnWriter writer, string oid, bool isCritical, out AsnWriter.Scope value)
    {
        var extension = writer.PushSequence();
        writer.WriteObjectIdentifier(oid);
        if (isCritical)
        {
            writer.WriteBoolean(true);
        }

        value = writer.PushOctetString();
        return extension;
    }

    private static void WriteName(AsnWriter writer, string commonName)
    {
        using (writer.PushSequence())
        using (writer.PushSetOf())
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(CommonName);
            writer.WriteCharacterString(UniversalTagNumber.UTF8String, commonName);
        }
    }

    private static void WriteSignatureAlgorithm(AsnWriter writer, KeyAlgorithm algorithm)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(algorithm switch
            {
                KeyAlgorithm.Sm2 => "1.2.156.10197.1.501",
                KeyAlgorithm.EcdsaP256 => "1.2.840.10045.4.3.2",
                KeyAlgorithm.Ed25519 => "1.3.101.112",
                _ => throw new ArgumentException("not a key algorithm for certificates", nameof(algorithm)),
            });
        }
    }
}
