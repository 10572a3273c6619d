using System.Security.Cryptography;
using CiCompliance.Cryptography.Keys;
using CiCompliance.Keys;

namespace CiCompliance.Cryptography.Cms;

/// <summary>A trusted key as CMS signatures are verified with it. Thread safe.</summary>
internal sealed class CmsPublicKey
{
    private static readonly SignatureVerifier Sm2 = new();

    private readonly TrustedKey trusted;
    private readonly PreparedKey<RSA>? rsa;
    private readonly PreparedKey<ECDsa>? ecdsa;

    public CmsPublicKey(TrustedKey trusted)
    {
        this.trusted = trusted;
        rsa = RsaPublicKey.TryRead(trusted.PublicKey) is { IsShort: false } key ? new(() => RSA.Create(key.Parameters)) : null;
        ecdsa = CurveOf(trusted.Algorithm) is { } curve && PublicKeyInfo.TryGetKey(trusted.Algorithm, trusted.PublicKey, out var point) ? Prepare(curve, point) : null;
    }

    /// <param name="algorithm">One that fits the key's.</param>
    public bool Verifies(CmsAlgorithm algorithm, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        try
        {
            return algorithm.Family switch
            {
                CmsKeyFamily.Sm2 => Sm2.Verify(trusted.Algorithm, trusted.PublicKey, message, signature) == Verdict.Pass,
                CmsKeyFamily.Rsa => VerifiesRsa(algorithm.Hash, message, signature),
                _ => VerifiesEcdsa(algorithm.Hash, message, signature),
            };
        }
        catch (CryptographicException)
        {
            // .NET says so of a point off the curve.
            return false;
        }
    }

    private bool VerifiesRsa(HashAlgorithmName hash, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (rsa is null)
        {
            return false;
        }

        using var key = rsa.Take();
        return key.Key.VerifyData(message, signature, hash, RSASignaturePadding.Pkcs1);
    }

    private bool VerifiesEcdsa(HashAlgorithmName hash, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (ecdsa is null)
        {
            return false;
        }

        using var key = ecdsa.Take();
        return key.Key.VerifyData(message, signature, hash, DSASignatureFormat.Rfc3279DerSequence);
    }

    private static ECCurve? CurveOf(KeyAlgorithm algorithm) => algorithm switch
    {
        KeyAlgorithm.EcdsaP256 => ECCurve.NamedCurves.nistP256,
        KeyAlgorithm.EcdsaP384 => ECCurve.NamedCurves.nistP384,
        KeyAlgorithm.EcdsaP521 => ECCurve.NamedCurves.nistP521,
        _ => null,
    };

    private static PreparedKey<ECDsa> Prepare(ECCurve curve, ReadOnlySpan<byte> point)
    {
        var size = point.Length / 2;
        var q = new ECPoint { X = point.Slice(1, size).ToArray(), Y = point[(1 + size)..].ToArray() };
        return new(() => ECDsa.Create(new ECParameters { Curve = curve, Q = q }));
    }
}
