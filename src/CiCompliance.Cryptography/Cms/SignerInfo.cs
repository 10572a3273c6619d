using System.Formats.Asn1;
using CiCompliance.Cryptography.Keys;

namespace CiCompliance.Cryptography.Cms;

/// <summary>One signer of a SignedData (RFC 5652 §5.3), named by issuer and serial number (version 1) or by subject key identifier (version 3).</summary>
/// <param name="Attributes">The signed attributes as they are signed, a SET OF; null when the content itself is signed.</param>
internal sealed record SignerInfo(
    byte[]? Issuer, byte[]? Serial, byte[]? SubjectKeyIdentifier, string DigestAlgorithm, string SignatureAlgorithm, byte[]? Attributes, byte[] Signature)
{
    private static readonly Asn1Tag Context0 = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag Context1 = new(TagClass.ContextSpecific, 1, isConstructed: true);

    /// <exception cref="AsnContentException">Malformed.</exception>
    /// <exception cref="NotSupportedException">Another version, or an algorithm with parameters (RSA-PSS).</exception>
    public static SignerInfo Read(AsnReader signer)
    {
        byte[]? issuer = null;
        byte[]? serial = null;
        byte[]? identifier = null;
        switch (signer.TryReadInt32(out var version) ? version : 0)
        {
            case 1:
                var name = signer.ReadSequence();
                issuer = name.ReadEncodedValue().ToArray();
                serial = name.ReadIntegerBytes().ToArray();
                name.ThrowIfNotEmpty();
                break;
            case 3:
                identifier = signer.ReadOctetString(new Asn1Tag(TagClass.ContextSpecific, 0));
                break;
            default:
                throw new NotSupportedException("a signer of an unknown version");
        }

        var digestAlgorithm = ReadAlgorithm(signer);
        byte[]? attributes = null;
        if (signer.PeekTag().HasSameClassAndValue(Context0))
        {
            // RFC 5652 §5.4: signed under the tag of SET OF, not the [0] that stands in the message.
            attributes = signer.ReadEncodedValue().ToArray();
            attributes[0] = 0x31;
        }

        var signatureAlgorithm = ReadAlgorithm(signer);
        var signature = signer.ReadOctetString();
        if (signer.HasData && signer.PeekTag().HasSameClassAndValue(Context1))
        {
            signer.ReadEncodedValue();
        }

        signer.ThrowIfNotEmpty();
        return new SignerInfo(issuer, serial, identifier, digestAlgorithm, signatureAlgorithm, attributes, signature);
    }

    public bool Names(X509CertificateInfo certificate) => SubjectKeyIdentifier is { } identifier
        ? certificate.SubjectKeyIdentifier() is { } own && own.AsSpan().SequenceEqual(identifier)
        : certificate.Issuer.AsSpan().SequenceEqual(Issuer) && certificate.Serial.AsSpan().SequenceEqual(Serial);

    // Parameters are absent or NULL.
    private static string ReadAlgorithm(AsnReader reader)
    {
        var algorithm = reader.ReadSequence();
        var oid = algorithm.ReadObjectIdentifier();
        if (algorithm.HasData && algorithm.PeekTag().HasSameClassAndValue(Asn1Tag.Null))
        {
            algorithm.ReadNull();
        }

        return algorithm.HasData ? throw new NotSupportedException("an algorithm with parameters") : oid;
    }
}
