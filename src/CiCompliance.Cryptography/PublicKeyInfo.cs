using System.Security.Cryptography;
using CiCompliance.Cryptography.Keys;
using CiCompliance.Keys;

namespace CiCompliance.Cryptography;

/// <summary>
/// DER SubjectPublicKeyInfo (RFC 5280 §4.1, RFC 5480, RFC 8410) of the accepted kinds. DER has one form, so each kind but RSA is a fixed head
/// followed by the point: nothing else (explicit curve parameters, compressed points, other curves) ever reaches a crypto library.
/// </summary>
public static class PublicKeyInfo
{
    internal const int Ed25519Size = 32;

    private const int PointSize = 65;
    private const int P384PointSize = 97;
    private const int P521PointSize = 133;

    private static ReadOnlySpan<byte> Sm2Head =>
        [0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x81, 0x1C, 0xCF, 0x55, 0x01, 0x82, 0x2D, 0x03, 0x42, 0x00];

    private static ReadOnlySpan<byte> P256Head =>
        [0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00];

    private static ReadOnlySpan<byte> P384Head =>
        [0x30, 0x76, 0x30, 0x10, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x22, 0x03, 0x62, 0x00];

    private static ReadOnlySpan<byte> P521Head =>
        [0x30, 0x81, 0x9B, 0x30, 0x10, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x23, 0x03, 0x81, 0x86, 0x00];

    private static ReadOnlySpan<byte> Ed25519Head => [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00];

    /// <summary>Lower-case hex SHA-256 of the DER: the id of a key in trust stores and envelopes.</summary>
    public static string KeyId(ReadOnlySpan<byte> publicKey) => Convert.ToHexStringLower(SHA256.HashData(publicKey));

    private static readonly KeyAlgorithm[] WithFixedHead =
        [KeyAlgorithm.Sm2, KeyAlgorithm.EcdsaP256, KeyAlgorithm.Ed25519, KeyAlgorithm.EcdsaP384, KeyAlgorithm.EcdsaP521];

    /// <summary>The kind of key this is by its form, <see cref="KeyAlgorithm.None"/> when it is none that is accepted. Says nothing about trust.</summary>
    public static KeyAlgorithm AlgorithmOf(ReadOnlySpan<byte> publicKey)
    {
        foreach (var algorithm in WithFixedHead)
        {
            if (TryGetKey(algorithm, publicKey, out _))
            {
                return algorithm;
            }
        }

        return RsaPublicKey.TryRead(publicKey) is { IsShort: false } ? KeyAlgorithm.Rsa : KeyAlgorithm.None;
    }

    internal static byte[] Encode(KeyAlgorithm algorithm, ReadOnlySpan<byte> key) => [.. Head(algorithm), .. key];

    /// <summary>The uncompressed point (04 first), or the 32 bytes of an Ed25519 key.</summary>
    internal static bool TryGetKey(KeyAlgorithm algorithm, ReadOnlySpan<byte> publicKey, out ReadOnlySpan<byte> key)
    {
        var head = Head(algorithm);
        var size = algorithm switch
        {
            KeyAlgorithm.Ed25519 => Ed25519Size,
            KeyAlgorithm.EcdsaP384 => P384PointSize,
            KeyAlgorithm.EcdsaP521 => P521PointSize,
            _ => PointSize,
        };
        key = default;
        if (head.IsEmpty || publicKey.Length != head.Length + size || !publicKey.StartsWith(head))
        {
            return false;
        }

        key = publicKey[head.Length..];
        return algorithm == KeyAlgorithm.Ed25519 || key[0] == 4;
    }

    private static ReadOnlySpan<byte> Head(KeyAlgorithm algorithm) => algorithm switch
    {
        KeyAlgorithm.Sm2 => Sm2Head,
        KeyAlgorithm.EcdsaP256 => P256Head,
        KeyAlgorithm.EcdsaP384 => P384Head,
        KeyAlgorithm.EcdsaP521 => P521Head,
        KeyAlgorithm.Ed25519 => Ed25519Head,
        _ => default,
    };
}
