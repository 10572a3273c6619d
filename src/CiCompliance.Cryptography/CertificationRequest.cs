using System.Formats.Asn1;
using System.Security.Cryptography;
using CiCompliance.Cryptography.Keys;
using CiCompliance.Keys;

namespace CiCompliance.Cryptography;

/// <summary>A request for a certificate (PKCS #10, RFC 2986): the holder's name and address, and the extensions that a signing certificate needs.</summary>
public static class CertificationRequest
{
    private const string ExtensionRequest = "1.2.840.113549.1.9.14";

    /// <param name="commonName">1 to 64 characters.</param>
    /// <param name="mail">The holder's address in ASCII.</param>
    /// <returns>DER.</returns>
    /// <exception cref="ArgumentException">A name of another length, or no address.</exception>
    public static byte[] Create(ISigner signer, string commonName, string mail)
    {
        if (commonName.Length is 0 or > 64)
        {
            throw new ArgumentException("a common name has 1 to 64 characters", nameof(commonName));
        }

        CertificateWriter.CheckMail(mail);
        return CertificateWriter.Sign(signer, WriteBody(signer, commonName, mail));
    }

    /// <summary><c>CERTIFICATE REQUEST</c> (RFC 7468 §7).</summary>
    public static string ToPem(ReadOnlySpan<byte> request) => PemEncoding.WriteString("CERTIFICATE REQUEST", request) + "\n";

    private static byte[] WriteBody(ISigner signer, string commonName, string mail)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(0);
            CertificateWriter.WriteName(writer, commonName, mail);
            writer.WriteEncodedValue(signer.PublicKey);
            using (writer.PushSetOf(new Asn1Tag(TagClass.ContextSpecific, 0)))
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(ExtensionRequest);
                using (writer.PushSetOf())
                {
                    CertificateWriter.WriteExtensions(writer, mail);
                }
            }
        }

        return writer.Encode();
    }
}
