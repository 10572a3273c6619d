using System.Text.Json.Serialization;
using CiCompliance.Json;

namespace CiCompliance.Keys;

/// <summary>The algorithm of a trusted key. Never taken from an envelope or a signature, always from the trust store.</summary>
[JsonConverter(typeof(KebabCaseEnumConverter<KeyAlgorithm>))]
public enum KeyAlgorithm
{
    None,

    /// <summary>SM2 signature with SM3, user id 1234567812345678, DER (GB/T 32918.2, GB/T 35276).</summary>
    Sm2,

    /// <summary>ECDSA P-256 with SHA-256, DER (FIPS 186-5). On the wire <c>ecdsa-p256</c>.</summary>
    [JsonStringEnumMemberName("ecdsa-p256")]
    EcdsaP256,

    /// <summary>Ed25519 (RFC 8032).</summary>
    [JsonStringEnumMemberName("ed25519")]
    Ed25519,

    /// <summary>An OpenPGP certificate (RFC 4880) with its own subkeys and algorithms. On the wire <c>openpgp</c>.</summary>
    [JsonStringEnumMemberName("openpgp")]
    OpenPgp,

    /// <summary>An OpenSSH public key (RFC 4253 §6.6, PROTOCOL.u2f for keys in authenticators) with its own algorithm. Signs commits only.</summary>
    Ssh,

    /// <summary>ECDSA P-384 with SHA-256, SHA-384 or SHA-512, DER. On the wire <c>ecdsa-p384</c>. Signs commits only.</summary>
    [JsonStringEnumMemberName("ecdsa-p384")]
    EcdsaP384,

    /// <summary>ECDSA P-521 with SHA-256, SHA-384 or SHA-512, DER. On the wire <c>ecdsa-p521</c>. Signs commits only.</summary>
    [JsonStringEnumMemberName("ecdsa-p521")]
    EcdsaP521,

    /// <summary>RSA of 2048 to 8192 bits, PKCS #1 v1.5 with SHA-256 or stronger (RFC 8017 §8.2). Signs commits only.</summary>
    Rsa,
}
