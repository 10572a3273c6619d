using System.Buffers.Binary;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CiCompliance.Keys;

namespace CiCompliance.Sigstore;

/// <summary>A certificate log's promise that stands in the certificate itself (RFC 6962 §3.2, §3.3).</summary>
internal sealed record SignedCertificateTimestamp(
    byte[] LogId, ulong Milliseconds, byte[] Extensions, byte HashAlgorithm, byte SignatureAlgorithm, byte[] Signature)
{
    private const int MaxCount = 16;
    private const string ListOid = "1.3.6.1.4.1.11129.2.4.2";
    private const byte Sha256 = 4;

    public DateTimeOffset Time => Milliseconds <= (ulong)DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
        ? DateTimeOffset.FromUnixTimeMilliseconds((long)Milliseconds) : DateTimeOffset.MaxValue;

    /// <summary>The timestamps of a SignedCertificateTimestampList; null where it has not its form.</summary>
    public static IReadOnlyList<SignedCertificateTimestamp>? ReadList(ReadOnlySpan<byte> list)
    {
        if (!TryTake(ref list, out var items) || !list.IsEmpty)
        {
            return null;
        }

        var timestamps = new List<SignedCertificateTimestamp>();
        while (!items.IsEmpty)
        {
            if (timestamps.Count == MaxCount || !TryTake(ref items, out var item) || Read(item) is not { } timestamp)
            {
                return null;
            }

            timestamps.Add(timestamp);
        }

        return timestamps;
    }

    public bool Verify(ReadOnlySpan<byte> precertificate, X509Certificate2 issuer, SignatureKey log, ISignatureVerifier ed25519)
    {
        // Version 1 and certificate_timestamp are both zero; precert_entry is 1.
        using var message = new MemoryStream();
        message.Write([0, 0]);
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(number, Milliseconds);
        message.Write(number);
        message.Write([0, 1]);
        message.Write(SHA256.HashData(issuer.PublicKey.ExportSubjectPublicKeyInfo()));
        message.Write([(byte)(precertificate.Length >> 16), (byte)(precertificate.Length >> 8), (byte)precertificate.Length]);
        message.Write(precertificate);
        message.Write([(byte)(Extensions.Length >> 8), (byte)Extensions.Length]);
        message.Write(Extensions);
        var bytes = message.GetBuffer().AsSpan(0, (int)message.Length);
        return log.Hashes.Count == 0
            ? log.Verify(bytes, Signature, ed25519)
            : HashAlgorithm == Sha256 && SignatureAlgorithm == (log.IsRsa ? 1 : 3)
                && log.VerifyHash(SHA256.HashData(bytes), HashAlgorithmName.SHA256, Signature);
    }

    /// <summary>The certificate as the log saw it: its TBSCertificate without the list, every other byte as it is.</summary>
    /// <exception cref="AsnContentException">Not a certificate in DER.</exception>
    public static byte[] Precertificate(byte[] certificate)
    {
        var body = new AsnReader(certificate, AsnEncodingRules.DER).ReadSequence().ReadSequence();
        var writer = new AsnWriter(AsnEncodingRules.DER);
        var extensionsTag = new Asn1Tag(TagClass.ContextSpecific, 3);
        using (writer.PushSequence())
        {
            while (body.HasData)
            {
                if (!body.PeekTag().HasSameClassAndValue(extensionsTag))
                {
                    writer.WriteEncodedValue(body.ReadEncodedValue().Span);
                    continue;
                }

                var extensions = body.ReadSequence(extensionsTag).ReadSequence();
                using var outer = writer.PushSequence(extensionsTag);
                using var inner = writer.PushSequence();
                while (extensions.HasData)
                {
                    var extension = extensions.ReadEncodedValue();
                    if (new AsnReader(extension, AsnEncodingRules.DER).ReadSequence().ReadObjectIdentifier() != ListOid)
                    {
                        writer.WriteEncodedValue(extension.Span);
                    }
                }
            }
        }

        return writer.Encode();
    }

    private static SignedCertificateTimestamp? Read(ReadOnlySpan<byte> item)
    {
        const int Fixed = 1 + 32 + 8;
        if (item.Length < Fixed || item[0] != 0)
        {
            return null;
        }

        var rest = item[Fixed..];
        if (!TryTake(ref rest, out var extensions) || rest.Length < 2)
        {
            return null;
        }

        var (hash, algorithm) = (rest[0], rest[1]);
        rest = rest[2..];
        return TryTake(ref rest, out var signature) && rest.IsEmpty
            ? new(item.Slice(1, 32).ToArray(), BinaryPrimitives.ReadUInt64BigEndian(item[33..]), extensions.ToArray(), hash, algorithm, signature.ToArray())
            : null;
    }

    /// <summary>opaque&lt;0..2^16-1&gt;: a length of two bytes, then as many.</summary>
    private static bool TryTake(ref ReadOnlySpan<byte> from, out ReadOnlySpan<byte> taken)
    {
        taken = default;
        if (from.Length < 2 || BinaryPrimitives.ReadUInt16BigEndian(from) is var length && from.Length - 2 < length)
        {
            return false;
        }

        taken = from.Slice(2, length);
        from = from[(2 + length)..];
        return true;
    }
}
