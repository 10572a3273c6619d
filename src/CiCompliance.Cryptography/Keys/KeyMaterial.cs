using System.Security.Cryptography;
using CiCompliance.Keys;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace CiCompliance.Cryptography.Keys;

/// <summary>A private key of 32 bytes: the big-endian number d of an elliptic curve, or the seed of Ed25519. Cleared when disposed.</summary>
internal sealed class KeyMaterial : IDisposable
{
    public const int Size = 32;

    private readonly byte[] secret;

    private KeyMaterial(KeyAlgorithm algorithm, byte[] secret, byte[] publicKey)
    {
        Algorithm = algorithm;
        this.secret = secret;
        PublicKey = publicKey;
    }

    public KeyAlgorithm Algorithm { get; }

    /// <summary>DER SubjectPublicKeyInfo.</summary>
    public byte[] PublicKey { get; }

    public byte[] Secret => secret;

    /// <summary>Takes <paramref name="secret"/> over, and clears it when it is no key.</summary>
    /// <exception cref="CryptographicException">The number is not a private key of this algorithm.</exception>
    public static KeyMaterial Create(KeyAlgorithm algorithm, byte[] secret)
    {
        try
        {
            var key = algorithm switch
            {
                KeyAlgorithm.Sm2 => Sm2Point(secret),
                KeyAlgorithm.EcdsaP256 => P256Point(secret),
                KeyAlgorithm.Ed25519 => Ed25519Point(secret),
                _ => throw new CryptographicException("not a key algorithm with a single private number"),
            };
            return new KeyMaterial(algorithm, secret, PublicKeyInfo.Encode(algorithm, key));
        }
        catch (CryptographicException)
        {
            CryptographicOperations.ZeroMemory(secret);
            throw;
        }
    }

    public static KeyMaterial Generate(KeyAlgorithm algorithm)
    {
        while (true)
        {
            var secret = RandomNumberGenerator.GetBytes(Size);
            try
            {
                return Create(algorithm, secret);
            }
            catch (CryptographicException) when (algorithm is KeyAlgorithm.Sm2 or KeyAlgorithm.EcdsaP256)
            {
                // Outside the curve's order, once in 2^32: draw again (FIPS 186-5 §A.2.2).
            }
        }
    }

    public ECPrivateKeyParameters ToSm2() => new(new BigInteger(1, secret), Sm2Curve.Domain);

    public ECDsa ToP256() => ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = secret });

    public void Dispose() => CryptographicOperations.ZeroMemory(secret);

    private static byte[] Sm2Point(byte[] secret)
    {
        var d = new BigInteger(1, secret);

        // GB/T 32918.1 §6.1: d is within 1..n-2, since signing divides by 1 + d.
        if (d.SignValue == 0 || d.CompareTo(Sm2Curve.Domain.N.Subtract(BigInteger.Two)) > 0)
        {
            throw new CryptographicException("the private number is out of range");
        }

        return Sm2Curve.Domain.G.Multiply(d).Normalize().GetEncoded(compressed: false);
    }

    private static byte[] P256Point(byte[] secret)
    {
        using var ecdsa = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = secret });
        var point = ecdsa.ExportParameters(includePrivateParameters: false).Q;
        return [4, .. point.X!, .. point.Y!];
    }

    private static byte[] Ed25519Point(byte[] secret)
    {
        var key = new byte[PublicKeyInfo.Ed25519Size];
        Ed25519.GeneratePublicKey(secret, 0, key, 0);
        return key;
    }
}
