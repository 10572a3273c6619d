using System.Security.Cryptography;

namespace CiCompliance.Attestations;

/// <summary>
/// ECDSA P-256 over a SHA-256 digest that is already known, so that a large artefact is hashed once, streaming. The signature port takes
/// messages only.
/// </summary>
internal static class P256DigestVerifier
{
    public static Verdict Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> sha256, ReadOnlySpan<byte> signature)
    {
        try
        {
            using var key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(publicKey, out var read);
            return read == publicKey.Length && key.KeySize == 256
                && key.ExportParameters(false).Curve.Oid.Value == ECCurve.NamedCurves.nistP256.Oid.Value
                && key.VerifyHash(sha256, signature, DSASignatureFormat.Rfc3279DerSequence)
                ? Verdict.Pass
                : Verdict.Fail;
        }
        catch (CryptographicException)
        {
            return Verdict.Fail;
        }
    }
}
