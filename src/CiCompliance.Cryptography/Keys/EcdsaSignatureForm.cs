using System.Formats.Asn1;

namespace CiCompliance.Cryptography.Keys;

/// <summary>Strict reading of DER SEQUENCE{r, s} for 256-bit curves: minimal, nothing behind it, both numbers within 1..n-1.</summary>
internal static class EcdsaSignatureForm
{
    private const int MaxSize = 72;
    private const int FieldSize = 32;

    private static ReadOnlySpan<byte> Sm2Order =>
    [
        0xFF, 0xFF, 0xFF, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
        0x72, 0x03, 0xDF, 0x6B, 0x21, 0xC6, 0x05, 0x2B, 0x53, 0xBB, 0xF4, 0x09, 0x39, 0xD5, 0x41, 0x23,
    ];

    private static ReadOnlySpan<byte> P256Order =>
    [
        0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
        0xBC, 0xE6, 0xFA, 0xAD, 0xA7, 0x17, 0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51,
    ];

    public static bool IsSm2(ReadOnlySpan<byte> der) => TryReadFixed(der, Sm2Order, stackalloc byte[2 * FieldSize]);

    /// <summary>Writes r and s, 32 bytes each, to <paramref name="fixedForm"/>.</summary>
    public static bool TryReadP256(ReadOnlySpan<byte> der, Span<byte> fixedForm) => TryReadFixed(der, P256Order, fixedForm);

    private static bool TryReadFixed(ReadOnlySpan<byte> der, ReadOnlySpan<byte> order, Span<byte> fixedForm)
    {
        if (der.Length > MaxSize)
        {
            return false;
        }

        try
        {
            AsnDecoder.ReadSequence(der, AsnEncodingRules.DER, out var offset, out var length, out var consumed);
            var content = der.Slice(offset, length);
            var r = AsnDecoder.ReadIntegerBytes(content, AsnEncodingRules.DER, out var rConsumed);
            var s = AsnDecoder.ReadIntegerBytes(content[rConsumed..], AsnEncodingRules.DER, out var sConsumed);
            return consumed == der.Length
                && rConsumed + sConsumed == length
                && TryCopy(r, order, fixedForm[..FieldSize])
                && TryCopy(s, order, fixedForm[FieldSize..]);
        }
        catch (AsnContentException)
        {
            return false;
        }
    }

    private static bool TryCopy(ReadOnlySpan<byte> integer, ReadOnlySpan<byte> order, Span<byte> target)
    {
        var isNegative = (integer[0] & 0x80) != 0;
        var magnitude = integer[0] == 0 ? integer[1..] : integer;
        if (isNegative || magnitude.IsEmpty || magnitude.Length > FieldSize)
        {
            return false;
        }

        target.Clear();
        magnitude.CopyTo(target[(FieldSize - magnitude.Length)..]);
        return target.SequenceCompareTo(order) < 0;
    }
}
