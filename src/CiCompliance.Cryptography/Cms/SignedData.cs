using System.Formats.Asn1;
using CiCompliance.Cryptography.Keys;

namespace CiCompliance.Cryptography.Cms;

/// <summary>
/// A detached SignedData (GB/T 35275 §8, RFC 5652 §5). The frame is BER, since gpgsm writes indefinite lengths; certificates and signed attributes are
/// DER. Nothing is verified here.
/// </summary>
internal sealed record SignedData(string ContentType, IReadOnlyList<X509CertificateInfo> Certificates, IReadOnlyList<SignerInfo> Signers)
{
    private const int MaxCertificates = 32;
    private const int MaxSigners = 16;

    private static readonly Asn1Tag Context0 = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag Context1 = new(TagClass.ContextSpecific, 1, isConstructed: true);

    /// <summary>The certificate that the signer names; null when none, or more than one, is it.</summary>
    public X509CertificateInfo? CertificateOf(SignerInfo signer) =>
        Certificates.Where(signer.Names).ToList() is [var one] ? one : null;

    /// <exception cref="AsnContentException">Malformed, or without a signer.</exception>
    /// <exception cref="NotSupportedException">Well-formed, but the content is attached, or a signer is of a form that is not accepted.</exception>
    public static SignedData Parse(ReadOnlyMemory<byte> message)
    {
        var reader = new AsnReader(message, AsnEncodingRules.BER);
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

        var signers = ReadSigners(body.ReadSetOf());
        body.ThrowIfNotEmpty();
        return new SignedData(contentType, certificates, signers);
    }

    private static List<X509CertificateInfo> ReadCertificates(AsnReader body)
    {
        var certificates = new List<X509CertificateInfo>();
        if (!body.HasData || !body.PeekTag().HasSameClassAndValue(Context0))
        {
            return certificates;
        }

        for (var set = body.ReadSetOf(Context0); set.HasData;)
        {
            certificates.Add(certificates.Count < MaxCertificates && X509CertificateInfo.TryRead(set.ReadEncodedValue()) is { } certificate
                ? certificate
                : throw new AsnContentException("a malformed certificate, or too many"));
        }

        return certificates;
    }

    private static List<SignerInfo> ReadSigners(AsnReader set)
    {
        var signers = new List<SignerInfo>();
        while (set.HasData)
        {
            signers.Add(signers.Count < MaxSigners ? SignerInfo.Read(set.ReadSequence()) : throw new NotSupportedException("more than 16 signers"));
        }

        return signers.Count > 0 ? signers : throw new AsnContentException("no signer");
    }
}
