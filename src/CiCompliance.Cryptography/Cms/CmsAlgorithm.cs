using System.Collections.Frozen;
using System.Security.Cryptography;
using CiCompliance.Cryptography.Digests;
using CiCompliance.Keys;

namespace CiCompliance.Cryptography.Cms;

internal enum CmsKeyFamily
{
    Sm2,
    Rsa,
    Ecdsa,
}

/// <summary>One accepted pair of digest and signature algorithm of a SignerInfo.</summary>
internal sealed record CmsAlgorithm(CmsKeyFamily Family, string Digest, HashAlgorithmName Hash)
{
    // MD2, MD5, SHA-1, SHA-224 and RIPEMD-160, alone and in the names of signature algorithms.
    private static readonly FrozenSet<string> WeakOids = new[]
    {
        "1.2.840.113549.2.2", "1.2.840.113549.2.5", "1.3.14.3.2.26", "2.16.840.1.101.3.4.2.4", "1.3.36.3.2.1",
        "1.2.840.113549.1.1.2", "1.2.840.113549.1.1.4", "1.2.840.113549.1.1.5", "1.2.840.113549.1.1.14", "1.3.14.3.2.29",
        "1.2.840.10045.4.1", "1.2.840.10045.4.3.1",
    }.ToFrozenSet();

    private static readonly FrozenDictionary<(string Digest, string Signature), CmsAlgorithm> Accepted = new[]
    {
        Row(CmsOids.Sm3, CmsOids.Sm2WithSm3, CmsKeyFamily.Sm2, default),
        Row(CmsOids.Sm3, CmsOids.Sm2Signature, CmsKeyFamily.Sm2, default),
        Row(CmsOids.Sha256, CmsOids.Rsa, CmsKeyFamily.Rsa, HashAlgorithmName.SHA256),
        Row(CmsOids.Sha384, CmsOids.Rsa, CmsKeyFamily.Rsa, HashAlgorithmName.SHA384),
        Row(CmsOids.Sha512, CmsOids.Rsa, CmsKeyFamily.Rsa, HashAlgorithmName.SHA512),
        Row(CmsOids.Sha256, CmsOids.Sha256WithRsa, CmsKeyFamily.Rsa, HashAlgorithmName.SHA256),
        Row(CmsOids.Sha384, CmsOids.Sha384WithRsa, CmsKeyFamily.Rsa, HashAlgorithmName.SHA384),
        Row(CmsOids.Sha512, CmsOids.Sha512WithRsa, CmsKeyFamily.Rsa, HashAlgorithmName.SHA512),
        Row(CmsOids.Sha256, CmsOids.EcdsaWithSha256, CmsKeyFamily.Ecdsa, HashAlgorithmName.SHA256),
        Row(CmsOids.Sha384, CmsOids.EcdsaWithSha384, CmsKeyFamily.Ecdsa, HashAlgorithmName.SHA384),
        Row(CmsOids.Sha512, CmsOids.EcdsaWithSha512, CmsKeyFamily.Ecdsa, HashAlgorithmName.SHA512),
    }.ToFrozenDictionary();

    /// <summary>Null for a pair that is not accepted, also where the two name different digests.</summary>
    public static CmsAlgorithm? Of(string digest, string signature) => Accepted.GetValueOrDefault((digest, signature));

    public static bool IsWeak(string digest, string signature) => WeakOids.Contains(digest) || WeakOids.Contains(signature);

    public bool Fits(KeyAlgorithm algorithm) => Family switch
    {
        CmsKeyFamily.Sm2 => algorithm == KeyAlgorithm.Sm2,
        CmsKeyFamily.Rsa => algorithm == KeyAlgorithm.Rsa,
        _ => algorithm is KeyAlgorithm.EcdsaP256 or KeyAlgorithm.EcdsaP384 or KeyAlgorithm.EcdsaP521,
    };

    public byte[] HashData(ReadOnlySpan<byte> data) => Family == CmsKeyFamily.Sm2 ? IncrementalSm3.HashData(data) : CryptographicOperations.HashData(Hash, data);

    private static KeyValuePair<(string, string), CmsAlgorithm> Row(string digest, string signature, CmsKeyFamily family, HashAlgorithmName hash) =>
        new((digest, signature), new CmsAlgorithm(family, digest, hash));
}
