using System.Buffers.Binary;
using System.Security.Cryptography;
using CiCompliance.Cryptography.Keys;

namespace CiCompliance.Cryptography.OpenPgp;

/// <summary>One version 4 public key or subkey packet (RFC 4880 §5.5.2, RFC 6637, RFC 9580 §5.5.5).</summary>
internal sealed class PgpPublicKey
{
    private const int MaxBody = 8 << 10;
    private const int MinRsaBits = 2048;
    private const int MaxRsaBits = 8192;

    private static readonly byte[] Ed25519LegacyCurve = [0x2B, 0x06, 0x01, 0x04, 0x01, 0xDA, 0x47, 0x0F, 0x01];
    private static readonly byte[] P256Curve = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07];
    private static readonly byte[] P384Curve = [0x2B, 0x81, 0x04, 0x00, 0x22];
    private static readonly byte[] P521Curve = [0x2B, 0x81, 0x04, 0x00, 0x23];

    private PgpPublicKey(byte[] hashed, DateTimeOffset created, byte algorithm)
    {
        Hashed = hashed;
        Created = created;
        Algorithm = algorithm;
        Fingerprint = SHA1.HashData(hashed);
    }

    /// <summary>What signatures over this key hash: 99, length, body (RFC 4880 §5.2.4).</summary>
    public byte[] Hashed { get; }

    public DateTimeOffset Created { get; }

    public byte Algorithm { get; }

    public byte[] Fingerprint { get; }

    public ReadOnlySpan<byte> KeyId => Fingerprint.AsSpan(12);

    /// <summary>RSA below 2048 bits, DSA or ElGamal.</summary>
    public bool IsWeak { get; private set; }

    /// <summary>DSA or ElGamal, of whatever size.</summary>
    public bool IsDiscreteLogarithm { get; private set; }

    /// <summary>Null for algorithms that only encrypt, are unknown or weak.</summary>
    public PreparedKey<RSA>? Rsa { get; private set; }

    public PreparedKey<ECDsa>? Ecdsa { get; private set; }

    /// <summary>Bytes of the modulus, or of a coordinate: what each integer of a signature is padded to.</summary>
    public int FieldSize { get; private set; }

    public byte[]? Ed25519 { get; private set; }

    /// <summary>
    /// What makes it this key: the same whatever time and encoding a certificate gives it, so also under another fingerprint. Null where it
    /// can't verify.
    /// </summary>
    public string? Material { get; private set; }

    public bool CanVerify => Rsa is not null || Ecdsa is not null || Ed25519 is not null;

    /// <exception cref="FormatException">Malformed, or not version 4.</exception>
    public static PgpPublicKey Parse(ReadOnlySpan<byte> body)
    {
        if (body.Length > MaxBody)
        {
            throw new FormatException("a key larger than 8 KiB");
        }

        var reader = new PgpReader(body);
        if (reader.ReadByte() is not 4 and var version)
        {
            throw new FormatException($"a key of version {version}, not 4");
        }

        var hashed = new byte[3 + body.Length];
        hashed[0] = 0x99;
        BinaryPrimitives.WriteUInt16BigEndian(hashed.AsSpan(1), (ushort)body.Length);
        body.CopyTo(hashed.AsSpan(3));
        var key = new PgpPublicKey(hashed, reader.ReadTime(), reader.ReadByte());
        key.ReadMaterial(ref reader);
        return key;
    }

    private void ReadMaterial(ref PgpReader reader)
    {
        switch (Algorithm)
        {
            case 1 or 3:
                ReadRsa(ref reader);
                break;
            case 16 or 17 or 20:
                IsDiscreteLogarithm = IsWeak = true;
                return;
            case 19:
                ReadEcdsa(ref reader);
                break;
            case 22:
                Ed25519 = ReadEd25519Legacy(ref reader);
                break;
            case 27:
                Ed25519 = reader.ReadBytes(32).ToArray();
                break;
            default:
                return;
        }

        if (!reader.IsAtEnd)
        {
            throw new FormatException("something lies behind a key");
        }

        if (Ed25519 is { } raw)
        {
            Material = $"ed25519:{Convert.ToHexStringLower(raw)}";
        }
    }

    private void ReadRsa(ref PgpReader reader)
    {
        var modulus = reader.ReadMpi().ToArray();
        var exponent = reader.ReadMpi().ToArray();
        var bits = modulus.Length == 0 ? 0 : (modulus.Length * 8) - System.Numerics.BitOperations.LeadingZeroCount((uint)modulus[0]) + 24;
        IsWeak = bits < MinRsaBits;
        if (bits > MaxRsaBits || exponent.Length is 0 or > 4 || (exponent[^1] & 1) == 0)
        {
            throw new FormatException("an RSA key out of bounds");
        }

        FieldSize = modulus.Length;
        Material = IsWeak ? null : $"rsa:{Convert.ToHexStringLower(modulus.AsSpan().TrimStart((byte)0))}";
        Rsa = IsWeak ? null : new(() => RSA.Create(new RSAParameters { Modulus = modulus, Exponent = exponent }));
    }

    private void ReadEcdsa(ref PgpReader reader)
    {
        var oid = reader.ReadBytes(reader.ReadByte());
        var point = reader.ReadMpi();
        (ECCurve Curve, int Size)? curve =
            oid.SequenceEqual(P256Curve) ? (ECCurve.NamedCurves.nistP256, 32)
            : oid.SequenceEqual(P384Curve) ? (ECCurve.NamedCurves.nistP384, 48)
            : oid.SequenceEqual(P521Curve) ? (ECCurve.NamedCurves.nistP521, 66)
            : null;
        if (curve is not { } known)
        {
            return;
        }

        if (point.Length != 1 + (2 * known.Size) || point[0] != 4)
        {
            throw new FormatException("not a point of its curve");
        }

        var q = new ECPoint { X = point.Slice(1, known.Size).ToArray(), Y = point[(1 + known.Size)..].ToArray() };
        FieldSize = known.Size;
        Material = $"ecdsa:{Convert.ToHexStringLower(q.X)}";
        Ecdsa = new(() => ECDsa.Create(new ECParameters { Curve = known.Curve, Q = q }));
    }

    private static byte[]? ReadEd25519Legacy(ref PgpReader reader)
    {
        var oid = reader.ReadBytes(reader.ReadByte());
        var point = reader.ReadMpi();
        if (!oid.SequenceEqual(Ed25519LegacyCurve))
        {
            return null;
        }

        return point.Length == 33 && point[0] == 0x40 ? point[1..].ToArray() : throw new FormatException("not an Ed25519 key");
    }
}
