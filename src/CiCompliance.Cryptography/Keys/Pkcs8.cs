using System.Formats.Asn1;
using System.Security.Cryptography;
using CiCompliance.Keys;

namespace CiCompliance.Cryptography.Keys;

/// <summary>PrivateKeyInfo (RFC 5208, RFC 5958) with an ECPrivateKey (RFC 5915) or CurvePrivateKey (RFC 8410) inside.</summary>
internal static class Pkcs8
{
    private const string EcPublicKey = "1.2.840.10045.2.1";
    private const string P256 = "1.2.840.10045.3.1.7";
    private const string Ed25519 = "1.3.101.112";

    private static readonly Asn1Tag PublicKeyTag = new(TagClass.ContextSpecific, 1);

    /// <summary>Null for a well-formed key of some other algorithm or curve.</summary>
    /// <exception cref="AsnContentException">Not a PrivateKeyInfo.</exception>
    /// <exception cref="CryptographicException">The private number is out of range, or its public key is another's.</exception>
    public static KeyMaterial? Read(ReadOnlyMemory<byte> der)
    {
        var reader = new AsnReader(der, AsnEncodingRules.DER);
        var info = reader.ReadSequence();
        reader.ThrowIfNotEmpty();
        if (!info.TryReadInt32(out var version) || version is not (0 or 1))
        {
            throw new AsnContentException("not a version of PrivateKeyInfo");
        }

        var algorithm = ReadAlgorithm(info.ReadSequence());
        if (!info.TryReadPrimitiveOctetString(out var content))
        {
            throw new AsnContentException("the private key is not a primitive string");
        }

        return algorithm switch
        {
            KeyAlgorithm.None => null,
            KeyAlgorithm.Ed25519 => ReadEd25519(content),
            _ => ReadEllipticCurve(algorithm, content),
        };
    }

    /// <summary>The key's own form; the caller clears it.</summary>
    public static byte[] Write(KeyMaterial key)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(0);
            using (writer.PushSequence())
            {
                WriteAlgorithm(writer, key.Algorithm);
            }

            using (writer.PushOctetString())
            {
                WriteContent(writer, key);
            }
        }

        var der = writer.Encode();
        writer.Reset();
        return der;
    }

    private static KeyAlgorithm ReadAlgorithm(AsnReader reader)
    {
        var oid = reader.ReadObjectIdentifier();
        if (oid == Ed25519)
        {
            reader.ThrowIfNotEmpty();
            return KeyAlgorithm.Ed25519;
        }

        if (oid != EcPublicKey || !reader.PeekTag().HasSameClassAndValue(Asn1Tag.ObjectIdentifier))
        {
            return KeyAlgorithm.None;
        }

        var curve = reader.ReadObjectIdentifier();
        reader.ThrowIfNotEmpty();
        return curve switch
        {
            Sm2Curve.Oid => KeyAlgorithm.Sm2,
            P256 => KeyAlgorithm.EcdsaP256,
            _ => KeyAlgorithm.None,
        };
    }

    private static KeyMaterial ReadEd25519(ReadOnlyMemory<byte> content)
    {
        var seed = AsnDecoder.ReadOctetString(content.Span, AsnEncodingRules.DER, out var consumed);
        return consumed == content.Length && seed.Length == KeyMaterial.Size
            ? KeyMaterial.Create(KeyAlgorithm.Ed25519, seed)
            : throw new AsnContentException("not an Ed25519 seed");
    }

    private static KeyMaterial ReadEllipticCurve(KeyAlgorithm algorithm, ReadOnlyMemory<byte> content)
    {
        var reader = new AsnReader(content, AsnEncodingRules.DER);
        var sequence = reader.ReadSequence();
        reader.ThrowIfNotEmpty();
        if (!sequence.TryReadInt32(out var version) || version != 1 || !sequence.TryReadPrimitiveOctetString(out var number)
            || number.Length is 0 or > KeyMaterial.Size)
        {
            throw new AsnContentException("not an ECPrivateKey");
        }

        var secret = new byte[KeyMaterial.Size];
        number.Span.CopyTo(secret.AsSpan(KeyMaterial.Size - number.Length));
        var key = KeyMaterial.Create(algorithm, secret);
        try
        {
            CheckPublicKey(sequence, key);
            return key;
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    private static void CheckPublicKey(AsnReader sequence, KeyMaterial key)
    {
        while (sequence.HasData)
        {
            if (!sequence.PeekTag().HasSameClassAndValue(PublicKeyTag))
            {
                sequence.ReadEncodedValue();
                continue;
            }

            var point = sequence.ReadSequence(PublicKeyTag).ReadBitString(out var unused);
            if (unused != 0 || !PublicKeyInfo.Encode(key.Algorithm, point).AsSpan().SequenceEqual(key.PublicKey))
            {
                throw new CryptographicException("the public key beside the private key is another's");
            }
        }
    }

    private static void WriteAlgorithm(AsnWriter writer, KeyAlgorithm algorithm)
    {
        if (algorithm == KeyAlgorithm.Ed25519)
        {
            writer.WriteObjectIdentifier(Ed25519);
            return;
        }

        writer.WriteObjectIdentifier(EcPublicKey);
        writer.WriteObjectIdentifier(algorithm == KeyAlgorithm.Sm2 ? Sm2Curve.Oid : P256);
    }

    private static void WriteContent(AsnWriter writer, KeyMaterial key)
    {
        if (key.Algorithm == KeyAlgorithm.Ed25519)
        {
            writer.WriteOctetString(key.Secret);
            return;
        }

        using (writer.PushSequence())
        {
            writer.WriteInteger(1);
            writer.WriteOctetString(key.Secret);
            using (writer.PushSequence(PublicKeyTag))
            {
                _ = PublicKeyInfo.TryGetKey(key.Algorithm, key.PublicKey, out var point);
                writer.WriteBitString(point);
            }
        }
    }
}
