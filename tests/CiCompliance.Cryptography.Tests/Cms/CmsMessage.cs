using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Text;
using CiCompliance.Cryptography.Cms;
using CiCompliance.Cryptography.Keys;
using CiCompliance.Testing;

namespace CiCompliance.Cryptography.Tests.Cms;

/// <summary>Messages that no program writes: one RSA signer, SHA-256, with whatever attributes are asked for, and really signed.</summary>
internal static class CmsMessage
{
    private static readonly Asn1Tag Context0 = new(TagClass.ContextSpecific, 0);

    public static byte[] Armor(byte[] der) => Encoding.ASCII.GetBytes(PemEncoding.WriteString("SIGNED MESSAGE", der) + "\n");

    /// <param name="attributes">Each an OID and the values of its set.</param>
    public static byte[] Sign(X509Key key, int version, params (string Oid, Action<AsnWriter>[] Values)[] attributes)
    {
        var set = Attributes(attributes);
        var signature = ((RSA)key.Key).SignData(set, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var info = X509CertificateInfo.TryRead(key.Certificate.RawData)!;
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(CmsOids.Pkcs7SignedData);
            using (writer.PushSequence(Context0))
            using (writer.PushSequence())
            {
                writer.WriteInteger(1);
                writer.PushSetOf().Dispose();
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(CmsOids.Pkcs7Data);
                }

                using (writer.PushSetOf(Context0))
                {
                    writer.WriteEncodedValue(key.Certificate.RawData);
                }

                using (writer.PushSetOf())
                using (writer.PushSequence())
                {
                    writer.WriteInteger(version);
                    using (writer.PushSequence())
                    {
                        writer.WriteEncodedValue(info.Issuer);
                        writer.WriteInteger(info.Serial);
                    }

                    WriteAlgorithm(writer, CmsOids.Sha256);
                    byte[] tagged = [0xA0, .. set.AsSpan(1)];
                    writer.WriteEncodedValue(tagged);
                    WriteAlgorithm(writer, CmsOids.Rsa);
                    writer.WriteOctetString(signature);
                }
            }
        }

        return Armor(writer.Encode());
    }

    private static byte[] Attributes((string Oid, Action<AsnWriter>[] Values)[] attributes)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSetOf())
        {
            foreach (var (oid, values) in attributes)
            {
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(oid);
                    using (writer.PushSetOf())
                    {
                        values.ToList().ForEach(write => write(writer));
                    }
                }
            }
        }

        return writer.Encode();
    }

    private static void WriteAlgorithm(AsnWriter writer, string oid)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(oid);
            writer.WriteNull();
        }
    }
}
