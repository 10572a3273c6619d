using System.Formats.Asn1;
using System.Security.Cryptography;
using CiCompliance.Keys;

namespace CiCompliance.Sigstore;

/// <summary>
/// A public key, imported once and used for many signatures: ECDSA P-256, P-384 and P-521, RSA from 2048 bits (PKCS #1 v1.5), Ed25519.
/// Not thread safe.
/// </summary>
internal sealed class SignatureKey
{
    private const int MaxBytes = 2200;
    private const int MinRsaBits = 2048;
    private const int MaxRsaBits = 16384;
    private const string RsaOid = "1.2.840.113549.1.1.1";
    public const string P256 = "PKIX_ECDSA_P256_SHA_256";
    private const string P384 = "PKIX_ECDSA_P384_SHA_384";
    private const string P521 = "PKIX_ECDSA_P521_SHA_512";
    private const string Ed25519 = "PKIX_ED25519";
    private const string Rsa2048 = "PKIX_RSA_PKCS1V15_2048_SHA256";
    private const string Rsa3072 = "PKIX_RSA_PKCS1V15_3072_SHA256";
    private const string Rsa4096 = "PKIX_RSA_PKCS1V15_4096_SHA256";
    private const string OldRsa = "PKCS1_RSA_PKCS1V5";
    private const string OldRsaInfo = "PKIX_RSA_PKCS1V5";

    /// <summary>Words of <c>PublicKeyDetails</c> (sigstore_common.proto) by their number.</summary>
    internal static readonly string[] DetailsByNumber =
        ["", OldRsa, "PKCS1_RSA_PSS", OldRsaInfo, "PKIX_RSA_PSS", P256, "PKIX_ECDSA_P256_HMAC_SHA_256", Ed25519, "PKIX_ED25519_PH", Rsa2048, Rsa3072, Rsa4096, P384, P521];

    private readonly ECDsa? ecdsa;
    private readonly RSA? rsa;

    private SignatureKey(byte[] publicKey, ECDsa? ecdsa, RSA? rsa, string details, params HashAlgorithmName[] hashes)
    {
        PublicKey = publicKey;
        Details = details;
        Hashes = hashes;
        this.ecdsa = ecdsa;
        this.rsa = rsa;
    }

    private static ReadOnlySpan<byte> Ed25519Head => [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00];

    /// <summary>DER SubjectPublicKeyInfo, in the one form that DER has for a named curve and an uncompressed point.</summary>
    public byte[] PublicKey { get; }

    public bool IsRsa => rsa is not null;

    /// <summary><c>PublicKeyDetails</c> of sigstore_common.proto.</summary>
    public string Details { get; }

    /// <summary>Digests that this kind of key signs, the usual first: cosign keeps to SHA-256 with every curve. Empty for Ed25519, which signs messages.</summary>
    public IReadOnlyList<HashAlgorithmName> Hashes { get; }

    /// <summary>Null for a key of another kind or form, or too short.</summary>
    /// <param name="key">DER SubjectPublicKeyInfo, or an RSAPublicKey (RFC 8017 §A.1.1).</param>
    public static SignatureKey? TryRead(ReadOnlySpan<byte> key)
    {
        if (key.Length > MaxBytes)
        {
            return null;
        }

        if (key.Length == Ed25519Head.Length + 32 && key.StartsWith(Ed25519Head))
        {
            return new SignatureKey(key.ToArray(), null, null, Ed25519);
        }

        try
        {
            // A curve that is not known is no less than a platform that lacks it.
            return AlgorithmOf(key) switch
            {
                "1.2.840.10045.2.1" => ReadEcdsa(key),
                RsaOid => ReadRsa(key, isInfo: true),
                null => ReadRsa(key, isInfo: false),
                _ => null,
            };
        }
        catch (Exception e) when (e is CryptographicException or AsnContentException or PlatformNotSupportedException)
        {
            return null;
        }
    }

    /// <summary>
    /// Whether a word of <c>PublicKeyDetails</c> is about this key: its kind, curve, size and form. Never for words that are not known, nor for ways
    /// of signing that are not read here.
    /// </summary>
    /// <param name="written">The key as it was read.</param>
    public bool IsSaidBy(string details, ReadOnlySpan<byte> written)
    {
        var isInfo = written.SequenceEqual(PublicKey);
        return details switch
        {
            P256 or P384 or P521 or Ed25519 or Rsa2048 or Rsa3072 or Rsa4096 => isInfo && details == Details,
            "PKIX_ECDSA_P384_SHA_256" => Details == P384,
            "PKIX_ECDSA_P521_SHA_256" => Details == P521,
            OldRsaInfo => isInfo && IsRsa,
            OldRsa => !isInfo && IsRsa,
            _ => false,
        };
    }

    public bool VerifyHash(ReadOnlySpan<byte> digest, HashAlgorithmName algorithm, ReadOnlySpan<byte> signature)
    {
        try
        {
            return ecdsa is not null ? ecdsa.VerifyHash(digest, signature, DSASignatureFormat.Rfc3279DerSequence)
                : rsa is not null && rsa.VerifyHash(digest, signature, algorithm, RSASignaturePadding.Pkcs1);
        }
        catch (CryptographicException)
        {
            // A signature that has not even its form.
            return false;
        }
    }

    /// <param name="ed25519">For the one kind of key that the runtime does not have.</param>
    public bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature, ISignatureVerifier ed25519)
    {
        if (Hashes.Count == 0)
        {
            return ed25519.Verify(KeyAlgorithm.Ed25519, PublicKey, message, signature) == Verdict.Pass;
        }

        foreach (var hash in Hashes)
        {
            if (VerifyHash(CryptographicOperations.HashData(hash, message), hash, signature))
            {
                return true;
            }
        }

        return false;
    }

    private static SignatureKey? ReadEcdsa(ReadOnlySpan<byte> key)
    {
        var ecdsa = ECDsa.Create();
        ecdsa.ImportSubjectPublicKeyInfo(key, out _);
        // Written again it is the same only with a named curve and an uncompressed point.
        return !ecdsa.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(key) ? null : ecdsa.ExportParameters(false).Curve.Oid.Value switch
        {
            "1.2.840.10045.3.1.7" => new SignatureKey(key.ToArray(), ecdsa, null, P256, HashAlgorithmName.SHA256),
            "1.3.132.0.34" => new SignatureKey(key.ToArray(), ecdsa, null, P384, HashAlgorithmName.SHA384, HashAlgorithmName.SHA256),
            "1.3.132.0.35" => new SignatureKey(key.ToArray(), ecdsa, null, P521, HashAlgorithmName.SHA512, HashAlgorithmName.SHA256),
            _ => null,
        };
    }

    private static SignatureKey? ReadRsa(ReadOnlySpan<byte> key, bool isInfo)
    {
        var rsa = RSA.Create();
        int read;
        if (isInfo)
        {
            rsa.ImportSubjectPublicKeyInfo(key, out read);
        }
        else
        {
            rsa.ImportRSAPublicKey(key, out read);
        }

        return read == key.Length && rsa.KeySize is >= MinRsaBits and <= MaxRsaBits
            ? new SignatureKey(rsa.ExportSubjectPublicKeyInfo(), null, rsa, $"PKIX_RSA_PKCS1V15_{rsa.KeySize}_SHA256", HashAlgorithmName.SHA256)
            : null;
    }

    /// <summary>The algorithm of a SubjectPublicKeyInfo; null where it is none, which is what an RSAPublicKey looks like.</summary>
    private static string? AlgorithmOf(ReadOnlySpan<byte> key)
    {
        var info = new AsnReader(key.ToArray(), AsnEncodingRules.DER).ReadSequence();
        if (!info.PeekTag().HasSameClassAndValue(Asn1Tag.Sequence))
        {
            return null;
        }

        return info.ReadSequence().ReadObjectIdentifier();
    }
}
