using System.Formats.Asn1;
using CiCompliance.Cryptography.Keys;

namespace CiCompliance.Cryptography.Cms;

/// <summary>The signed attributes that decide something (RFC 5652 §11); each at most once, with one value.</summary>
internal sealed record SignedAttributes(string? ContentType, byte[]? MessageDigest, DateTimeOffset? SigningTime)
{
    /// <param name="set">A DER SET OF: order is checked.</param>
    /// <exception cref="AsnContentException">Malformed, or an attribute twice.</exception>
    public static SignedAttributes Parse(ReadOnlyMemory<byte> set)
    {
        var reader = new AsnReader(set, AsnEncodingRules.DER);
        var attributes = reader.ReadSetOf();
        reader.ThrowIfNotEmpty();
        var result = new SignedAttributes(ContentType: null, MessageDigest: null, SigningTime: null);
        var seen = new HashSet<string>();
        while (attributes.HasData)
        {
            var attribute = attributes.ReadSequence();
            var oid = attribute.ReadObjectIdentifier();
            var values = attribute.ReadSetOf();
            attribute.ThrowIfNotEmpty();
            if (!seen.Add(oid))
            {
                throw new AsnContentException("an attribute twice");
            }

            result = result.With(oid, values);
        }

        return result;
    }

    private SignedAttributes With(string oid, AsnReader values)
    {
        var result = oid switch
        {
            CmsOids.ContentType => this with { ContentType = values.ReadObjectIdentifier() },
            CmsOids.MessageDigest => this with { MessageDigest = values.ReadOctetString() },
            CmsOids.SigningTime => this with { SigningTime = X509CertificateInfo.ReadTime(values) },
            _ => null,
        };
        if (result is not null)
        {
            values.ThrowIfNotEmpty();
        }

        return result ?? this;
    }
}
