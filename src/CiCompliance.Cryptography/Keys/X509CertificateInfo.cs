using System.Formats.Asn1;

namespace CiCompliance.Cryptography.Keys;

/// <summary>
/// The few fields of an X.509 certificate (RFC 5280 §4.1) that keys are matched by. Reads structure only and knows no key parameters, so
/// a hostile certificate costs nothing; it verifies no signature.
/// </summary>
/// <param name="Issuer">DER Name.</param>
/// <param name="Serial">Contents of the INTEGER.</param>
/// <param name="PublicKey">DER SubjectPublicKeyInfo of any algorithm.</param>
/// <param name="Extensions">As they stand in the certificate, under [3]; null where there are none.</param>
internal sealed record X509CertificateInfo(
    byte[] Raw,
    byte[] Issuer,
    byte[] Serial,
    byte[] Subject,
    byte[] PublicKey,
    DateTimeOffset NotBefore,
    DateTimeOffset NotAfter,
    byte[]? Extensions)
{
    public const int MaxBytes = 16 << 10;

    private const string CommonNameOid = "2.5.4.3";

    public bool IsValidAt(DateTimeOffset time) => time >= NotBefore && time <= NotAfter;

    /// <summary>Null for anything but exactly one DER certificate within the size limit.</summary>
    public static X509CertificateInfo? TryRead(ReadOnlyMemory<byte> der)
    {
        if (der.Length > MaxBytes)
        {
            return null;
        }

        try
        {
            var outer = new AsnReader(der, AsnEncodingRules.DER);
            var certificate = outer.ReadSequence();
            outer.ThrowIfNotEmpty();
            var body = certificate.ReadSequence();
            certificate.ReadSequence();
            certificate.ReadBitString(out _);
            certificate.ThrowIfNotEmpty();
            return ReadBody(der, body);
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    /// <summary>The last CN of the subject, or null.</summary>
    public string? CommonName()
    {
        try
        {
            string? name = null;
            for (var names = new AsnReader(Subject, AsnEncodingRules.DER).ReadSequence(); names.HasData;)
            {
                for (var set = names.ReadSetOf(); set.HasData;)
                {
                    var attribute = set.ReadSequence();
                    name = attribute.ReadObjectIdentifier() == CommonNameOid
                        ? attribute.ReadCharacterString((UniversalTagNumber)attribute.PeekTag().TagValue)
                        : name;
                }
            }

            return name;
        }
        catch (Exception e) when (e is AsnContentException or ArgumentException)
        {
            // A CN of no string type is no name.
            return null;
        }
    }

    private static X509CertificateInfo ReadBody(ReadOnlyMemory<byte> der, AsnReader body)
    {
        var version = body.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0));
        if (!version.TryReadInt32(out var number) || number != 2)
        {
            throw new AsnContentException("not version 3");
        }

        var serial = body.ReadIntegerBytes();
        body.ReadSequence();
        var issuer = body.ReadEncodedValue();
        var validity = body.ReadSequence();
        var notBefore = ReadTime(validity);
        var notAfter = ReadTime(validity);
        validity.ThrowIfNotEmpty();
        var subject = body.ReadEncodedValue();
        var publicKey = body.ReadEncodedValue();
        byte[]? extensions = null;
        while (body.HasData)
        {
            // Unique identifiers stand before the extensions; nobody writes them any more.
            var isExtensions = body.PeekTag().HasSameClassAndValue(new Asn1Tag(TagClass.ContextSpecific, 3));
            var field = body.ReadEncodedValue();
            extensions = isExtensions && extensions is null ? field.ToArray() : isExtensions ? throw new AsnContentException("extensions twice") : extensions;
        }

        return new X509CertificateInfo(
            der.ToArray(), issuer.ToArray(), serial.ToArray(), subject.ToArray(), publicKey.ToArray(), notBefore, notAfter, extensions);
    }

    /// <summary>UTCTime or GeneralizedTime (RFC 5280 §4.1.2.5).</summary>
    internal static DateTimeOffset ReadTime(AsnReader reader) => reader.PeekTag().HasSameClassAndValue(Asn1Tag.UtcTime)
        ? reader.ReadUtcTime(twoDigitYearMax: 2049)
        : reader.ReadGeneralizedTime();

    internal static void WriteTime(AsnWriter writer, DateTimeOffset time)
    {
        if (time.ToUniversalTime().Year is >= 1950 and < 2050)
        {
            writer.WriteUtcTime(time, twoDigitYearMax: 2049);
            return;
        }

        writer.WriteGeneralizedTime(time, omitFractionalSeconds: true);
    }
}
