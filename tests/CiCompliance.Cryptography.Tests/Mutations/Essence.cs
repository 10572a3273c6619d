using System.Formats.Asn1;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace CiCompliance.Cryptography.Tests.Mutations;

/// <summary>
/// What of a signature its verdict rests on, read by code that shares nothing with the product: a mutated signature may pass only where this has
/// stayed the same. Whatever else an armour holds is under no signature, and changes nothing:
/// OpenPGP: armour headers, checksum left away, blanks at line ends; packet headers of another form; unhashed subpackets (RFC 4880 §5.2.3.2: hints),
/// the digest's left 16 bits (a shortcut), leading zeros of integers; the same signature twice.
/// SSH: blanks and line ends in the armour.
/// CMS: blanks and line ends in the armour; version, the list of digests, further certificates, CRLs, unsigned attributes; of the
/// certificate everything but the key, since the key alone is what is trusted; the implicit tag of the signed attributes, which are signed as a SET.
/// </summary>
internal static class Essence
{
    public static string OfOpenPgp(byte[] armour)
    {
        var essences = new SortedSet<string>(StringComparer.Ordinal);
        for (var rest = DearmourOpenPgp(armour).AsSpan(); !rest.IsEmpty;)
        {
            essences.Add(OfSignaturePacket(TakePacket(ref rest)));
        }

        return string.Join('\n', essences);
    }

    public static string OfSsh(byte[] armour) => Convert.ToHexString(Dearmour(armour));

    public static string OfCms(byte[] armour)
    {
        var body = new AsnReader(Dearmour(armour), AsnEncodingRules.BER).ReadSequence();
        body.ReadObjectIdentifier();
        body = body.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0)).ReadSequence();
        body.ReadEncodedValue();
        body.ReadEncodedValue();
        var content = body.ReadEncodedValue();
        while (body.PeekTag().TagClass == TagClass.ContextSpecific)
        {
            body.ReadEncodedValue();
        }

        var signer = body.ReadSetOf(skipSortOrderValidation: true).ReadSequence();
        signer.ReadEncodedValue();
        signer.ReadEncodedValue();
        var digest = signer.ReadSequence().ReadObjectIdentifier();
        var attributes = signer.PeekTag().TagClass == TagClass.ContextSpecific ? Convert.ToHexString(signer.ReadEncodedValue().Span[1..]) : "";
        signer.ReadEncodedValue();
        return string.Join(' ', Convert.ToHexString(content.Span), digest, attributes, Convert.ToHexString(signer.ReadOctetString()));
    }

    public static byte[] DearmourOpenPgp(byte[] armour)
    {
        var lines = Encoding.Latin1.GetString(armour).Split('\n').Select(line => line.TrimEnd()).SkipWhile(line => line.Length > 0);
        return Convert.FromBase64String(string.Concat(lines.TakeWhile(line => !line.StartsWith('-')).Where(line => !line.StartsWith('='))));
    }

    public static byte[] Dearmour(byte[] armour) => Convert.FromBase64String(string.Concat(
        Encoding.Latin1.GetString(armour).Split('-', StringSplitOptions.RemoveEmptyEntries)[1].Where(c => !char.IsWhiteSpace(c))));

    /// <summary>
    /// The parts of a certificate that a signing key's place in it rests on, whatever stands around them: primary key, one of the user ids with one
    /// of its certifications, and the subkey with one of its bindings.
    /// </summary>
    /// <param name="good">As gpg exports it.</param>
    public static IReadOnlyList<byte[]> OfCertificate(byte[] good)
    {
        var parts = new List<byte[]>();
        for (var rest = good.AsSpan(); !rest.IsEmpty;)
        {
            var isSignature = (rest[0] & 0x7F) >> 2 == 2 || rest[0] == 0xC2;
            var body = TakePacket(ref rest).ToArray();
            parts.Add(isSignature ? body[..(6 + ((body[4] << 8) | body[5]))] : body);
        }

        return parts;
    }

    private static string OfSignaturePacket(ReadOnlySpan<byte> body)
    {
        var hashed = body[..(6 + ((body[4] << 8) | body[5]))];
        var rest = body[hashed.Length..];
        rest = rest[(4 + ((rest[0] << 8) | rest[1]))..];
        var numbers = new StringBuilder();
        while (!rest.IsEmpty)
        {
            var length = (((rest[0] << 8) | rest[1]) + 7) / 8;
            numbers.Append(CultureInfo.InvariantCulture, $" {new BigInteger(rest.Slice(2, length), isUnsigned: true, isBigEndian: true)}");
            rest = rest[(2 + length)..];
        }

        return Convert.ToHexString(hashed) + numbers;
    }

    private static ReadOnlySpan<byte> TakePacket(ref Span<byte> data)
    {
        var (start, length) = (data[0] & 0x40) != 0
            ? data[1] switch
            {
                < 192 => (2, data[1]),
                255 => (6, Number(data[2..6])),
                _ => (3, ((data[1] - 192) << 8) + data[2] + 192),
            }
            : (data[0] & 3) switch { 0 => (2, data[1]), 1 => (3, Number(data[1..3])), _ => (5, Number(data[1..5])) };
        var body = data.Slice(start, length);
        data = data[(start + length)..];
        return body;
    }

    private static int Number(ReadOnlySpan<byte> bytes) => (int)new BigInteger(bytes, isUnsigned: true, isBigEndian: true);
}
