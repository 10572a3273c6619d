using System.Formats.Asn1;
using System.Security.Cryptography;

namespace CiCompliance.Cryptography.Keys;

/// <summary>An RSA key in DER SubjectPublicKeyInfo (RFC 3279 §2.3.1, RFC 8017 §A.1.1) with an odd exponent from 65537 to 2^32-1.</summary>
internal sealed record RsaPublicKey(RSAParameters Parameters, int Bits)
{
    private const int MinBits = 2048;
    private const int MaxBits = 8192;
    private const int MinExponent = 65537;
    private const string Oid = "1.2.840.113549.1.1.1";

    // 8192 bits of modulus, 32 of exponent, and what DER puts around them.
    private const int MaxBytes = 1100;

    /// <summary>Too short to be trusted.</summary>
    public bool IsShort => Bits < MinBits;

    /// <summary>Null for anything else, also for a longer key.</summary>
    public static RsaPublicKey? TryRead(ReadOnlySpan<byte> publicKey)
    {
        if (publicKey.Length > MaxBytes)
        {
            return null;
        }

        try
        {
            var outer = new AsnReader(publicKey.ToArray(), AsnEncodingRules.DER);
            var info = outer.ReadSequence();
            outer.ThrowIfNotEmpty();
            var algorithm = info.ReadSequence();
            var isRsa = algorithm.ReadObjectIdentifier() == Oid;
            algorithm.ReadNull();
            algorithm.ThrowIfNotEmpty();
            var bits = info.ReadBitString(out var unused);
            info.ThrowIfNotEmpty();
            return isRsa && unused == 0 ? ReadKey(bits) : null;
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    private static RsaPublicKey? ReadKey(byte[] bits)
    {
        var outer = new AsnReader(bits, AsnEncodingRules.DER);
        var key = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        var modulus = key.ReadInteger();
        var exponent = key.ReadInteger();
        key.ThrowIfNotEmpty();
        if (modulus.Sign <= 0 || modulus.IsEven || modulus.GetBitLength() > MaxBits || exponent < MinExponent || exponent > uint.MaxValue || exponent.IsEven)
        {
            return null;
        }

        return new RsaPublicKey(
            new RSAParameters { Modulus = modulus.ToByteArray(isUnsigned: true, isBigEndian: true), Exponent = exponent.ToByteArray(isUnsigned: true, isBigEndian: true) },
            (int)modulus.GetBitLength());
    }
}
