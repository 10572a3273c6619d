using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Text;
using CiCompliance.Cryptography.Cms;
using CiCompliance.Cryptography.Digests;
using CiCompliance.Cryptography.Keys;
using CiCompliance.Keys;

namespace CiCompliance.Cryptography;

/// <summary>
/// Makes a detached SM2 SignedData (GB/T 35275 §8) with signed attributes, in the armour that git keeps for X.509 signatures
/// (<c>-----BEGIN SIGNED MESSAGE-----</c>).
/// </summary>
public static class CmsSigner
{
    /// <param name="signer">An SM2 key opened with its certificate chain.</param>
    /// <param name="content">The bytes to sign, as git hands them over.</param>
    /// <param name="signingTime">Cut to whole seconds.</param>
    /// <returns>ASCII, ending with a newline.</returns>
    /// <exception cref="CiComplianceException">The key is not SM2 (CIC3004), or has no certificate (CIC3010).</exception>
    public static byte[] Sign(ISigner signer, ReadOnlySpan<byte> content, DateTimeOffset signingTime) =>
        Encoding.ASCII.GetBytes(PemEncoding.WriteString(CmsVerifier.Label, Encode(signer, content, signingTime, CmsOids.GmSignedData, CmsOids.GmData)) + "\n");

    internal static byte[] Encode(ISigner signer, ReadOnlySpan<byte> content, DateTimeOffset signingTime, string signedDataOid, string dataOid)
    {
        var certificate = CertificateOf(signer);
        var attributes = WriteAttributes(IncrementalSm3.HashData(content), signingTime, dataOid);
        var signature = signer.Sign(attributes);

        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(signedDataOid);
            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
            using (writer.PushSequence())
            {
                writer.WriteInteger(1);
                using (writer.PushSetOf())
                {
                    WriteAlgorithm(writer, CmsOids.Sm3);
                }

                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(dataOid);
                }

                using (writer.PushSetOf(new Asn1Tag(TagClass.ContextSpecific, 0)))
                {
                    foreach (var item in signer.CertificateChain)
                    {
                        writer.WriteEncodedValue(item);
                    }
                }

                using (writer.PushSetOf())
                {
                    WriteSigner(writer, certificate, attributes, signature);
                }
            }
        }

        return writer.Encode();
    }

    private static void WriteSigner(AsnWriter writer, X509CertificateInfo certificate, byte[] attributes, byte[] signature)
    {
        using (writer.PushSequence())
        {
            writer.WriteInteger(1);
            using (writer.PushSequence())
            {
                writer.WriteEncodedValue(certificate.Issuer);
                writer.WriteInteger(certificate.Serial);
            }

            WriteAlgorithm(writer, CmsOids.Sm3);

            // In the message the SET OF stands under the tag [0].
            byte[] tagged = [0xA0, .. attributes.AsSpan(1)];
            writer.WriteEncodedValue(tagged);
            WriteAlgorithm(writer, CmsOids.Sm2WithSm3);
            writer.WriteOctetString(signature);
        }
    }

    private static X509CertificateInfo CertificateOf(ISigner signer)
    {
        if (signer.Algorithm != KeyAlgorithm.Sm2)
        {
            throw new CiComplianceException(
                KeyDiagnostics.WrongAlgorithm,
                signer.KeyId,
                new LocalizedText("only SM2 keys sign in this form", "该签名形式仅支持 SM2 密钥"),
                new LocalizedText("name an SM2 key", "请指定 SM2 密钥"));
        }

        return signer.CertificateChain is [var first, ..] && X509CertificateInfo.TryRead(first) is { } certificate
            ? certificate
            : throw new CiComplianceException(
                KeyDiagnostics.ChainNeeded,
                signer.KeyId,
                new LocalizedText("the signature carries the signer's certificate, and the key was opened without one", "签名须携带签名者证书，但打开密钥时未提供"),
                new LocalizedText("name the key's certificate file", "请指定该密钥的证书文件"));
    }

    private static byte[] WriteAttributes(byte[] digest, DateTimeOffset signingTime, string dataOid)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSetOf())
        {
            WriteAttribute(writer, CmsOids.ContentType, value => value.WriteObjectIdentifier(dataOid));
            WriteAttribute(writer, CmsOids.MessageDigest, value => value.WriteOctetString(digest));
            WriteAttribute(writer, CmsOids.SigningTime, value => X509CertificateInfo.WriteTime(value, signingTime));
        }

        return writer.Encode();
    }

    private static void WriteAttribute(AsnWriter writer, string oid, Action<AsnWriter> write)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(oid);
            using (writer.PushSetOf())
            {
                write(writer);
            }
        }
    }

    private static void WriteAlgorithm(AsnWriter writer, string oid)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(oid);
        }
    }
}
