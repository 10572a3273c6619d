using System.Buffers.Binary;
using System.Security.Cryptography;
using CiCompliance.Cryptography.Keys;

namespace CiCompliance.Cryptography.OpenPgp;

/// <summary>Signature types (RFC 4880 §5.2.1).</summary>
internal enum PgpSignatureType
{
    BinaryDocument = 0x00,
    GenericCertification = 0x10,
    PositiveCertification = 0x13,
    SubkeyBinding = 0x18,
    PrimaryKeyBinding = 0x19,
    DirectKey = 0x1F,
    KeyRevocation = 0x20,
    SubkeyRevocation = 0x28,
    CertificationRevocation = 0x30,
}

/// <summary>
/// One version 4 signature packet (RFC 4880 §5.2.3). Everything believed of it comes from hashed subpackets; from the unhashed ones only the
/// key id (a hint for look-up) and the embedded back signature (which proves itself) are taken.
/// </summary>
internal sealed class PgpSignature
{
    private const int MaxBody = 16 << 10;

    private byte[] hashedPart = [];
    private byte[] material = [];

    private PgpSignature(PgpSignatureType type, byte publicKeyAlgorithm, byte hashAlgorithm)
    {
        Type = type;
        PublicKeyAlgorithm = publicKeyAlgorithm;
        HashAlgorithm = hashAlgorithm;
    }

    public PgpSignatureType Type { get; }

    public byte PublicKeyAlgorithm { get; }

    public byte HashAlgorithm { get; }

    public required PgpSubpackets Subpackets { get; init; }

    /// <summary>The version octet, to tell an old or new signature from a malformed one.</summary>
    public static int VersionOf(ReadOnlySpan<byte> body) => body.IsEmpty ? 0 : body[0];

    /// <exception cref="FormatException">Malformed, or not version 4.</exception>
    public static PgpSignature Parse(ReadOnlySpan<byte> body)
    {
        if (body.Length > MaxBody)
        {
            throw new FormatException("a signature larger than 16 KiB");
        }

        var reader = new PgpReader(body);
        if (reader.ReadByte() != 4)
        {
            throw new FormatException("a signature that is not version 4");
        }

        var type = (PgpSignatureType)reader.ReadByte();
        var publicKeyAlgorithm = reader.ReadByte();
        var hashAlgorithm = reader.ReadByte();
        var hashed = reader.ReadBytes(reader.ReadUInt16());
        var hashedPart = body[..reader.Position];
        var unhashed = reader.ReadBytes(reader.ReadUInt16());

        // The digest's left 16 bits are a shortcut for implementations; some (the web-flow key's maker) write others, so the signature decides.
        reader.ReadUInt16();
        return new PgpSignature(type, publicKeyAlgorithm, hashAlgorithm)
        {
            Subpackets = PgpSubpackets.Parse(hashed, unhashed),
            hashedPart = hashedPart.ToArray(),
            material = reader.ReadToEnd().ToArray(),
        };
    }

    /// <summary>Whether the signature names this key: by the hashed fingerprint where it has one, else by key id.</summary>
    public bool Names(PgpPublicKey key) => Subpackets.IssuerFingerprint is { } fingerprint
        ? fingerprint.AsSpan().SequenceEqual(key.Fingerprint)
        : Subpackets.IssuerKeyId is { } id && id.AsSpan().SequenceEqual(key.KeyId);

    /// <summary>Verifies over the parts, in order, and the signature's own hashed part; false for weak or unknown algorithms.</summary>
    public bool Verifies(PgpPublicKey key, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second = default, ReadOnlySpan<byte> third = default)
    {
        if (PublicKeyAlgorithm != key.Algorithm || PgpHash.Strong(HashAlgorithm) is not { } hashName)
        {
            return false;
        }

        using var hash = IncrementalHash.CreateHash(hashName);
        hash.AppendData(first);
        hash.AppendData(second);
        hash.AppendData(third);
        hash.AppendData(hashedPart);
        Span<byte> trailer = [4, 0xFF, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(trailer[2..], hashedPart.Length);
        hash.AppendData(trailer);
        var digest = hash.GetHashAndReset();
        try
        {
            return key.Rsa is { } rsa ? VerifyRsa(rsa, key.FieldSize, digest, hashName)
                : key.Ecdsa is { } ecdsa ? VerifyEcdsa(ecdsa, key.FieldSize, digest)
                : key.Ed25519 is { } ed25519 && VerifyEd25519(ed25519, digest);
        }
        catch (Exception e) when (e is FormatException or CryptographicException)
        {
            // Malformed numbers, or a key that is none: both are no.
            return false;
        }
    }

    private bool VerifyRsa(PreparedKey<RSA> key, int size, byte[] digest, HashAlgorithmName hashName)
    {
        var reader = new PgpReader(material);
        var signature = ReadPadded(ref reader, size);
        using var rsa = key.Take();
        return reader.IsAtEnd && rsa.Key.VerifyHash(digest, signature, hashName, RSASignaturePadding.Pkcs1);
    }

    private bool VerifyEcdsa(PreparedKey<ECDsa> key, int size, byte[] digest)
    {
        var reader = new PgpReader(material);
        byte[] signature = [.. ReadPadded(ref reader, size), .. ReadPadded(ref reader, size)];
        using var ecdsa = key.Take();
        return reader.IsAtEnd && ecdsa.Key.VerifyHash(digest, signature, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    // Algorithm 22 writes two integers, 27 the 64 bytes themselves; both sign the digest as the message.
    private bool VerifyEd25519(byte[] key, byte[] digest)
    {
        if (PublicKeyAlgorithm == 27)
        {
            return SignatureVerifier.VerifyEd25519(key, digest, material);
        }

        var reader = new PgpReader(material);
        byte[] signature = [.. ReadPadded(ref reader, 32), .. ReadPadded(ref reader, 32)];
        return reader.IsAtEnd && SignatureVerifier.VerifyEd25519(key, digest, signature);
    }

    private static byte[] ReadPadded(ref PgpReader reader, int size)
    {
        var number = reader.ReadSignatureMpi();
        if (number.Length > size)
        {
            throw new FormatException("an integer larger than its field");
        }

        var padded = new byte[size];
        number.CopyTo(padded.AsSpan(size - number.Length));
        return padded;
    }
}
