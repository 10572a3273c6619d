using System.Security.Cryptography;
using CiCompliance.Diagnostics;
using CiCompliance.Keys;

namespace CiCompliance.Testing;

/// <summary>
/// An ECDSA P-256 key of the class library. May pose as SM2 where a test is about which key signs what, not about the algorithm.
/// </summary>
public sealed class EcdsaTestSigner : ISigner
{
    public EcdsaTestSigner(KeyAlgorithm algorithm = KeyAlgorithm.EcdsaP256, string? pem = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        if (pem is not null)
        {
            key.ImportFromPem(pem);
        }

        Algorithm = algorithm;
        PrivatePem = key.ExportPkcs8PrivateKeyPem();
        PublicPem = key.ExportSubjectPublicKeyInfoPem() + "\n";
        PublicKey = key.ExportSubjectPublicKeyInfo();
        KeyId = Convert.ToHexStringLower(SHA256.HashData(PublicKey));
    }

    public KeyAlgorithm Algorithm { get; }

    public string KeyId { get; }

    public byte[] PublicKey { get; }

    public IReadOnlyList<byte[]> CertificateChain => [];

    public string PrivatePem { get; }

    public string PublicPem { get; }

    public byte[] Sign(ReadOnlySpan<byte> message)
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(PrivatePem);
        return key.SignData(message, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }

    public TrustedKey ToTrustedKey(KeyRole role, string name = "test") => new(KeyId, name, role, Algorithm, PublicKey, []);

    public void Dispose()
    {
        // Nothing is held open: a test hands the same key out more than once.
    }
}

/// <summary>Verifies what <see cref="EcdsaTestSigner"/> signs, under whatever algorithm name.</summary>
public sealed class EcdsaTestVerifier : ISignatureVerifier
{
    public Verdict Verify(KeyAlgorithm algorithm, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        try
        {
            using var key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(publicKey, out _);
            return key.VerifyData(message, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence) ? Verdict.Pass : Verdict.Fail;
        }
        catch (CryptographicException)
        {
            return Verdict.Fail;
        }
    }
}
