using System.Security.Cryptography;

namespace CiCompliance.Cryptography.OpenPgp;

/// <summary>Hash algorithm numbers (RFC 9580 §9.5).</summary>
internal static class PgpHash
{
    /// <summary>SHA-256, SHA-384 or SHA-512; null for every other.</summary>
    public static HashAlgorithmName? Strong(byte number) => number switch
    {
        8 => HashAlgorithmName.SHA256,
        9 => HashAlgorithmName.SHA384,
        10 => HashAlgorithmName.SHA512,
        _ => null,
    };

    /// <summary>MD5, SHA-1, RIPEMD-160 and SHA-224; other unknown numbers are merely not supported.</summary>
    public static bool IsWeak(byte number) => number is 1 or 2 or 3 or 11;
}
