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
}
