using System.Formats.Asn1;
using CiCompliance.Cryptography.Keys;

namespace CiCompliance.Cryptography.Cms;

/// <summary>
/// A detached SignedData with one signer (GB/T 35275 §8, RFC 5652 §5), read under DER rules. Nothing is verified here.
/// </summary>
/// <param name="Attributes">The signed attributes as they are signed, a DER SET OF; null when the content itself is signed.</param>
internal sealed record SignedData(
    string ContentType,
    IReadOnlyList<X509CertificateInfo> Certificates,
    byte[] Issuer,
    byte[] Serial,
    string DigestAlgorithm,
    string SignatureAlgorithm,
    byte[]? Attributes,
    byte[] Signature)
{
    private const int MaxCertificates = 10;

    private static readonly Asn1Tag Context0 = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag Context1 = new(TagClass.ContextSpecific, 1, isConstructed: true);

    /// <summary>The certificate of the signer; null when none, or more than one, is the one that the signer names.</summary>
    public X509CertificateInfo? SignerCertificate()
    {
        var matching = Certificates.Where(certificate =>
            certificate.Issuer.AsSpan().SequenceEqual(Issuer) && certificate.Serial.AsSpan().SequenceEqual(Serial)).ToList();
        return matching is [var one] ? one : null;
    }

    /// <exception cref="AsnContentException">Malformed.</exception>
    /// <exception cref="NotSupportedException">Well-formed, but not one signer by issuer and serial number over detached content.</exception>
    public static SignedData Parse(ReadOnlyMemory<byte> der)
    {
        var reader = new AsnReader(der, AsnEncodingRules.DER);
        var outer = reader.ReadSequence();
        reader.ThrowIfNotEmpty();
        if (outer.ReadObjectIdentifier() is not (CmsOids.GmSignedData or CmsOids.Pkcs7SignedData))
        {
            throw new NotSupportedException("not signed data");
        }

        var wrapped = outer.ReadSequence(Context0);
        outer.ThrowIfNotEmpty();
        var body = wrapped.ReadSequence();
        wrapped.ThrowIfNotEmpty();
        body.ReadInteger();
        body.ReadSetOf();
        var content = body.ReadSequence();
        var contentType = content.ReadObjectIdentifier();
        if (content.HasData)
        {
            throw new NotSupportedException("the content is not detached");
        }

        var certificates = ReadCertificates(body);
        if (body.HasData && body.PeekTag().HasSameClassAndValue(Context1))
        {
            body.ReadEncodedValue();
        }

        var signers = body.ReadSetOf(skipSortOrderValidation: true);
        body.ThrowIfNotEmpty();
        var signer = signers.ReadSequence();
        return signers.HasData
            ? throw new NotSupportedException("more than one signer")
            : ReadSigner(signer, contentType, certificates);
    }

    private static List<X509CertificateInfo> ReadCertificates(AsnReader body)
    {
        var certificates = new List<X509CertificateInfo>();
        if (!body.HasData || !body.PeekTag().HasSameClassAndValue(Context0))
        {
            return certificates;
        }

        // A SET OF that some writers leave in chain order.
        for (var set = body.ReadSetOf(skipSortOrderValidation: true, Context0); set.HasData;)
        {
            certificates.Add(certificates.Count < MaxCertificates && X509CertificateInfo.TryRead(set.ReadEncodedValue()) is { } certificate
                ? certificate
                : throw new AsnContentException("a malformed certificate, or too many"));
        }

        return certificates;
    }

    private static SignedData ReadSigner(AsnReader signer, string contentType, List<X509CertificateInfo> certificates)
    {
        if (!signer.TryReadInt32(out var version) || version != 1)
        {
            throw new NotSupportedException("the signer is not named by issuer and serial number");
        }

        var name = signer.ReadSequence();
        var issuer = name.ReadEncodedValue().ToArray();
        var serial = name.ReadIntegerBytes().ToArray();
        name.ThrowIfNotEmpty();
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
        return new SignedData(contentType, certificates, issuer, serial, digestAlgorithm, signatureAlgorithm, attributes, signature);
    }

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
