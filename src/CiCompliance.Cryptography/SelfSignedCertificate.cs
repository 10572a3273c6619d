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
    /// <param name="commonName">1 to 64 characters (RFC 5280 appendix A.1).</param>
    /// <param name="notBefore">Cut to whole seconds, as is <paramref name="notAfter"/>.</param>
    /// <param name="mail">The holder's address in ASCII, for subjectAltName; null: none.</param>
    /// <returns>DER.</returns>
    /// <exception cref="ArgumentException">A name of another length, no address, or dates in the wrong order.</exception>
    public static byte[] Create(ISigner signer, string commonName, DateTimeOffset notBefore, DateTimeOffset notAfter, string? mail = null)
    {
        if (commonName.Length is 0 or > 64 || notAfter <= notBefore)
        {
            throw new ArgumentException("a common name has 1 to 64 characters, and the end lies after the beginning", nameof(commonName));
        }

        CertificateWriter.CheckMail(mail);
        return CertificateWriter.Sign(signer, WriteBody(signer, commonName, notBefore, notAfter, mail));
    }

    /// <summary><c>CERTIFICATE</c> (RFC 7468 §5).</summary>
    public static string ToPem(ReadOnlySpan<byte> certificate) => PemEncoding.WriteString("CERTIFICATE", certificate) + "\n";

    private static byte[] WriteBody(ISigner signer, string commonName, DateTimeOffset notBefore, DateTimeOffset notAfter, string? mail)
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
            CertificateWriter.WriteSignatureAlgorithm(writer, signer.Algorithm);
            CertificateWriter.WriteName(writer, commonName, mail: null);
            using (writer.PushSequence())
            {
                X509CertificateInfo.WriteTime(writer, notBefore);
                X509CertificateInfo.WriteTime(writer, notAfter);
            }

            CertificateWriter.WriteName(writer, commonName, mail: null);
            writer.WriteEncodedValue(signer.PublicKey);
            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 3)))
            {
                CertificateWriter.WriteExtensions(writer, mail);
            }
        }

        return writer.Encode();
    }
}
