using System.Buffers.Binary;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CiCompliance.Sigstore;

namespace CiCompliance.Testing.Sigstore;

/// <summary>A certificate with its key, as Fulcio gives it for a few minutes.</summary>
public sealed record IssuedCertificate(ECDsa Key, byte[] Der);

/// <summary>What a certificate is to be like; by default what Fulcio issues.</summary>
public sealed record CertificateWish(DateTimeOffset From)
{
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromMinutes(10);

    public string Identity { get; init; } = TestSigstore.Identity;

    /// <summary>1 mail, 6 URI, 0 Fulcio's own other name.</summary>
    public int IdentityTag { get; init; } = 1;

    public string Issuer { get; init; } = TestSigstore.Issuer;

    /// <summary>Only the older extension, without DER around the text.</summary>
    public bool OldIssuer { get; init; }

    public string Usage { get; init; } = "1.3.6.1.5.5.7.3.3";

    public bool IsAuthority { get; init; }

    public byte[] TimestampExtensions { get; init; } = [];

    public DateTimeOffset? TimestampTime { get; init; }

    public bool WithTimestamp { get; init; } = true;

    /// <summary>Spoils the promise after it was made.</summary>
    public bool BreakTimestamp { get; init; }
}

/// <summary>A tiny Fulcio with its certificate log.</summary>
public sealed class TestFulcio
{
    private const string SctList = "1.3.6.1.4.1.11129.2.4.2";

    private readonly ECDsa rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP384);
    private readonly ECDsa intermediateKey = ECDsa.Create(ECCurve.NamedCurves.nistP384);
    private readonly ECDsa logKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 intermediate;

    public TestFulcio(DateTimeOffset from)
    {
        From = from;
        var root = Authority("CN=test root", rootKey, null).CreateSelfSigned(from, from.AddYears(10));
        Root = root.RawData;
        intermediate = Authority("CN=test intermediate", intermediateKey, "1.3.6.1.5.5.7.3.3")
            .Create(root.SubjectName, X509SignatureGenerator.CreateForECDsa(rootKey), from, from.AddYears(9), [1, 2, 3]);
    }

    public DateTimeOffset From { get; }

    public byte[] Root { get; }

    public byte[] Intermediate => intermediate.RawData;

    public TrustedAuthority Trusted => new("https://fulcio.test", [Intermediate, Root], new ValidityWindow(From, null));

    public TrustedLog CertificateLog => new("https://ct.test", LogId, logKey.ExportSubjectPublicKeyInfo(), new ValidityWindow(From, null));

    private byte[] LogId => SHA256.HashData(logKey.ExportSubjectPublicKeyInfo());

    public IssuedCertificate Issue(CertificateWish wish)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        byte[] serial = [0x41, .. RandomNumberGenerator.GetBytes(8)];
        var plain = Create(key, wish, serial, null);
        return new IssuedCertificate(key, wish.WithTimestamp ? Create(key, wish, serial, Promise(plain, wish)) : plain);
    }

    private byte[] Create(ECDsa key, CertificateWish wish, byte[] serial, byte[]? promise)
    {
        var request = new CertificateRequest(new X500DistinguishedName(""), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(wish.Usage)], false));
        if (wish.IsAuthority)
        {
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        }

        request.CertificateExtensions.Add(Names(wish));
        request.CertificateExtensions.Add(wish.OldIssuer
            ? new X509Extension("1.3.6.1.4.1.57264.1.1", System.Text.Encoding.UTF8.GetBytes(wish.Issuer), false)
            : new X509Extension("1.3.6.1.4.1.57264.1.8", Text(wish.Issuer), false));
        if (promise is not null)
        {
            var writer = new AsnWriter(AsnEncodingRules.DER);
            writer.WriteOctetString(promise);
            request.CertificateExtensions.Add(new X509Extension(SctList, writer.Encode(), false));
        }

        return request.Create(intermediate.SubjectName, X509SignatureGenerator.CreateForECDsa(intermediateKey), wish.From, wish.From + wish.Lifetime, serial).RawData;
    }

    /// <summary>RFC 6962 §3.2, §3.3: a list with one timestamp over the certificate without it.</summary>
    private byte[] Promise(byte[] plain, CertificateWish wish)
    {
        var body = new AsnReader(plain, AsnEncodingRules.DER).ReadSequence().ReadEncodedValue().ToArray();
        var time = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(time, (wish.TimestampTime ?? wish.From).ToUnixTimeMilliseconds());
        byte[] signed =
        [
            0, 0, .. time, 0, 1, .. SHA256.HashData(intermediate.PublicKey.ExportSubjectPublicKeyInfo()),
            .. Sized(body, 3), .. Sized(wish.TimestampExtensions, 2),
        ];
        var signature = logKey.SignData(signed, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        signature[^1] ^= (byte)(wish.BreakTimestamp ? 1 : 0);
        byte[] item = [0, .. LogId, .. time, .. Sized(wish.TimestampExtensions, 2), 4, 3, .. Sized(signature, 2)];
        return Sized(Sized(item, 2), 2);
    }

    private static byte[] Sized(byte[] value, int lengthBytes) =>
        [.. Enumerable.Range(0, lengthBytes).Reverse().Select(i => (byte)(value.Length >> (8 * i))), .. value];

    private static X509Extension Names(CertificateWish wish)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            var tag = new Asn1Tag(TagClass.ContextSpecific, wish.IdentityTag);
            if (wish.IdentityTag != 0)
            {
                writer.WriteCharacterString(UniversalTagNumber.IA5String, wish.Identity, tag);
            }
            else
            {
                using var other = writer.PushSequence(tag);
                writer.WriteObjectIdentifier("1.3.6.1.4.1.57264.1.7");
                using var value = writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0));
                writer.WriteCharacterString(UniversalTagNumber.UTF8String, wish.Identity);
            }
        }

        return new X509Extension("2.5.29.17", writer.Encode(), true);
    }

    private static byte[] Text(string value)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteCharacterString(UniversalTagNumber.UTF8String, value);
        return writer.Encode();
    }

    internal static CertificateRequest Authority(string name, ECDsa key, string? usage)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA384);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        if (usage is not null)
        {
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        }

        return request;
    }
}
