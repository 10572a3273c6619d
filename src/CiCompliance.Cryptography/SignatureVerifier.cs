using System.Security.Cryptography;
using CiCompliance.Cryptography.Keys;
using CiCompliance.Keys;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace CiCompliance.Cryptography;

/// <summary>
/// SM2 with SM3 (GB/T 32918.2, id 1234567812345678), ECDSA P-256 with SHA-256 (FIPS 186-5) and Ed25519 (RFC 8032). Thread safe.
/// An OpenPGP key never passes here: <see cref="ObjectSignatureVerifier"/> is for these.
/// </summary>
public sealed class SignatureVerifier : ISignatureVerifier
{
    private const int Ed25519SignatureSize = 64;

    public Verdict Verify(KeyAlgorithm algorithm, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (!PublicKeyInfo.TryGetKey(algorithm, publicKey, out var key))
        {
            return Verdict.Fail;
        }

        var verified = algorithm switch
        {
            KeyAlgorithm.Sm2 => VerifySm2(key, message, signature),
            KeyAlgorithm.EcdsaP256 => VerifyP256(key, message, signature),
            KeyAlgorithm.Ed25519 => VerifyEd25519(key, message, signature),
            _ => false,
        };
        return verified ? Verdict.Pass : Verdict.Fail;
    }

    internal static bool VerifyEd25519(ReadOnlySpan<byte> key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        key.Length == PublicKeyInfo.Ed25519Size
        && signature.Length == Ed25519SignatureSize
        && Ed25519.Verify(signature.ToArray(), 0, key.ToArray(), 0, message.ToArray(), 0, message.Length);

    private static bool VerifySm2(ReadOnlySpan<byte> point, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (!EcdsaSignatureForm.IsSm2(signature))
        {
            return false;
        }

        try
        {
            var verifier = Sm2Curve.Verifier(Sm2Curve.PublicKey(point));
            var bytes = message.ToArray();
            verifier.BlockUpdate(bytes, 0, bytes.Length);
            return verifier.VerifySignature(signature.ToArray());
        }
        catch (ArgumentException)
        {
            // BouncyCastle says so of a point off the curve.
            return false;
        }
    }

    private static bool VerifyP256(ReadOnlySpan<byte> point, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        Span<byte> fixedForm = stackalloc byte[64];
        if (!EcdsaSignatureForm.TryReadP256(signature, fixedForm))
        {
            return false;
        }

        try
        {
            using var ecdsa = ECDsa.Create(new ECParameters
            {
                Curve = ECCurve.NamedCurves.nistP256,
                Q = new ECPoint { X = point.Slice(1, 32).ToArray(), Y = point.Slice(33, 32).ToArray() },
            });
            return ecdsa.VerifyData(message, fixedForm, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
        catch (CryptographicException)
        {
            // .NET says so of a point off the curve.
            return false;
        }
    }
}
