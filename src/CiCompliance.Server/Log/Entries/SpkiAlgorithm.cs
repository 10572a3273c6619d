using System.Formats.Asn1;

namespace CiCompliance.Server.Log.Entries;

/// <summary>What a SubjectPublicKeyInfo says its key is. Curves are named ones only: explicit parameters are the sender's to choose.</summary>
internal static class SpkiAlgorithm
{
    public const string P256 = "ECDSA_P256";
    public const string P384 = "ECDSA_P384";
    public const string P521 = "ECDSA_P521";
    public const string Rsa = "RSA";
    public const string Ed25519 = "ED25519";

    private const string EcPublicKey = "1.2.840.10045.2.1";

    /// <exception cref="AsnContentException">Not DER.</exception>
    public static string? Of(byte[] info)
    {
        var identifier = new AsnReader(info, AsnEncodingRules.DER).ReadSequence().ReadSequence();
        return identifier.ReadObjectIdentifier() switch
        {
            "1.2.840.113549.1.1.1" => Rsa,
            "1.3.101.112" => Ed25519,
            EcPublicKey when identifier.HasData && identifier.PeekTag() == Asn1Tag.ObjectIdentifier => identifier.ReadObjectIdentifier() switch
            {
                "1.2.840.10045.3.1.7" => P256,
                "1.3.132.0.34" => P384,
                "1.3.132.0.35" => P521,
                _ => null,
            },
            _ => null,
        };
    }
}
