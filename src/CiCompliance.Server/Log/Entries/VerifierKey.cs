using System.Collections.Concurrent;
using System.Formats.Asn1;
using System.Security.Cryptography;
using CiCompliance.Keys;
using CiCompliance.Server.Hosting;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Server.Log.Entries;

/// <summary>A public key that signed entries. Thread safe: an instance of the class library is lent to one verification at a time.</summary>
internal sealed class VerifierKey
{
    private const int MinRsaBits = 2048;
    private const int MaxRsaBits = 8192;
    private const int MaxIdle = 8;

    private readonly byte[] info;
    private readonly string algorithm;
    private readonly ISignatureVerifier ed25519;
    private readonly ConcurrentBag<AsymmetricAlgorithm> idle = [];

    private VerifierKey(EntrySigner signer, byte[] info, string algorithm, ISignatureVerifier ed25519)
    {
        Signer = signer;
        Id = SHA256.HashData(signer.Der);
        PemBase64 = signer.ToPemBase64();
        this.info = info;
        this.algorithm = algorithm;
        this.ed25519 = ed25519;
    }

    public EntrySigner Signer { get; }

    /// <summary>SHA-256 of the key or certificate in DER: what a search by key looks for.</summary>
    public byte[] Id { get; }

    /// <summary>As Rekor v1 bodies carry it.</summary>
    public string PemBase64 { get; }

    /// <summary>The word of Rekor v2's key details: <c>ECDSA_P256</c>, <c>RSA</c> …</summary>
    public string Algorithm => algorithm;

    /// <summary>Of the modulus or the curve; 0 of Ed25519.</summary>
    public int Bits { get; private set; }

    /// <exception cref="RefusedException">Not a key of an algorithm that is verified here.</exception>
    public static VerifierKey Create(EntrySigner signer, ISignatureVerifier ed25519)
    {
        try
        {
            var info = signer.IsCertificate ? InfoOf(signer.Der) : signer.Der;
            var key = new VerifierKey(signer, info, AlgorithmOf(info), ed25519);
            if (key.algorithm != SpkiAlgorithm.Ed25519)
            {
                var imported = key.Import();
                key.Bits = imported.KeySize;
                key.Return(imported);
            }

            return key;
        }
        catch (Exception e) when (e is CryptographicException or AsnContentException)
        {
            throw new RefusedException("bad-key", "error processing entry: not a public key or certificate that can be read");
        }
    }

    public bool VerifyDigest(ReadOnlySpan<byte> digest, HashAlgorithmName hash, ReadOnlySpan<byte> signature)
    {
        if (algorithm == SpkiAlgorithm.Ed25519)
        {
            throw new RefusedException("bad-key", "error processing entry: an Ed25519 signature can't be verified from a digest");
        }

        var key = idle.TryTake(out var lent) ? lent : Import();
        try
        {
            return key switch
            {
                ECDsa ecdsa => ecdsa.VerifyHash(digest, signature, DSASignatureFormat.Rfc3279DerSequence),
                RSA rsa => rsa.VerifyHash(digest, signature, hash, RSASignaturePadding.Pkcs1),
                _ => false,
            };
        }
        catch (CryptographicException)
        {
            return false;
        }
        finally
        {
            Return(key);
        }
    }

    /// <summary>With SHA-256 as cosign does, or with the hash that belongs to the curve.</summary>
    public bool VerifyMessage(SignedMessage message, byte[] signature) => algorithm switch
    {
        SpkiAlgorithm.Ed25519 => ed25519.Verify(KeyAlgorithm.Ed25519, info, message.Bytes, signature) == Verdict.Pass,
        SpkiAlgorithm.P384 => VerifyDigest(message.Sha256, HashAlgorithmName.SHA256, signature)
            || VerifyDigest(message.Sha384, HashAlgorithmName.SHA384, signature),
        SpkiAlgorithm.P521 => VerifyDigest(message.Sha256, HashAlgorithmName.SHA256, signature)
            || VerifyDigest(message.Sha512, HashAlgorithmName.SHA512, signature),
        _ => VerifyDigest(message.Sha256, HashAlgorithmName.SHA256, signature),
    };

    private static byte[] InfoOf(byte[] certificate)
    {
        // The loader takes PEM too, and whatever stands around it or after the DER: one certificate would be many entries.
        using var read = System.Security.Cryptography.X509Certificates.X509CertificateLoader.LoadCertificate(certificate);
        return read.RawData.AsSpan().SequenceEqual(certificate)
            ? read.PublicKey.ExportSubjectPublicKeyInfo()
            : throw new CryptographicException("not one certificate in DER");
    }

    private static string AlgorithmOf(byte[] info) =>
        SpkiAlgorithm.Of(info) ?? throw new RefusedException("bad-key", "error processing entry: x509: unsupported elliptic curve or algorithm");

    private AsymmetricAlgorithm Import()
    {
        AsymmetricAlgorithm key = algorithm == SpkiAlgorithm.Rsa ? RSA.Create() : ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(info, out var read);
        if (read != info.Length || (key is RSA rsa && !IsAllowed(rsa)))
        {
            key.Dispose();
            throw new CryptographicException("not such a key");
        }

        return key;
    }

    // A large exponent makes verification slow.
    private static bool IsAllowed(RSA key) => key.KeySize is >= MinRsaBits and <= MaxRsaBits && key.ExportParameters(false).Exponent!.Length <= sizeof(int);

    private void Return(AsymmetricAlgorithm key)
    {
        if (idle.Count < MaxIdle)
        {
            idle.Add(key);
        }
        else
        {
            key.Dispose();
        }
    }
}
