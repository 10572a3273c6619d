using System.Formats.Asn1;
using CiCompliance.Cryptography.Digests;
using CiCompliance.Cryptography.Keys;
using CiCompliance.Keys;
using CiCompliance.Source;

namespace CiCompliance.Cryptography.Cms;

/// <summary>
/// Verifies detached SM2 CMS signatures over git objects. The certificate in the message only says which key signed and when it may; the
/// key itself must be a committer's in the trust store. Thread safe.
/// </summary>
internal sealed class CmsVerifier(TimeProvider timeProvider)
{
    public const string Label = "SIGNED MESSAGE";

    private const int MaxArmor = 256 << 10;

    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(10);

    private readonly SignatureVerifier signatures = new();

    public Judgement Verify(ReadOnlySpan<byte> armor, ReadOnlySpan<byte> payload, IReadOnlyList<TrustedKey> committers)
    {
        if (armor.Length > MaxArmor || !armor.StartsWith("-----BEGIN SIGNED MESSAGE-----"u8)
            || !armor.TrimEnd("\r\n"u8).EndsWith("-----END SIGNED MESSAGE-----"u8)
            || PemBlock.ReadAll(armor, maximum: 1) is not [{ Label: Label } block])
        {
            return Assessment.Malformed("the signature is not one PEM block of at most 256 KiB", "签名不是单个不超过 256 KiB 的 PEM 块");
        }

        try
        {
            return Verify(SignedData.Parse(block.Content), payload, committers);
        }
        catch (AsnContentException)
        {
            return Assessment.Malformed("the signature is not well-formed DER", "签名不是格式正确的 DER");
        }
        catch (NotSupportedException e)
        {
            return Assessment.Unsupported($"the signature is of a form that is not accepted: {e.Message}", "签名的形式不被接受");
        }
    }

    private Judgement Verify(SignedData data, ReadOnlySpan<byte> payload, IReadOnlyList<TrustedKey> committers)
    {
        if (data.ContentType is not (CmsOids.GmData or CmsOids.Pkcs7Data)
            || data.DigestAlgorithm != CmsOids.Sm3
            || data.SignatureAlgorithm is not (CmsOids.Sm2WithSm3 or CmsOids.Sm2Signature))
        {
            return Assessment.Unsupported("only SM2 with SM3 over plain data is accepted", "仅接受对数据内容的 SM2/SM3 签名");
        }

        if (data.SignerCertificate() is not { } certificate)
        {
            return Assessment.Malformed("the signer's certificate is not in the message, or there twice", "签名消息中没有签名者证书，或有重复");
        }

        if (!PublicKeyInfo.TryGetKey(KeyAlgorithm.Sm2, certificate.PublicKey, out _))
        {
            return Assessment.Unsupported("the signer's key is not an SM2 key", "签名者的密钥不是 SM2 密钥");
        }

        var attributes = data.Attributes is { } signed ? SignedAttributes.Parse(signed) : null;
        var keyId = PublicKeyInfo.KeyId(certificate.PublicKey);
        var committer = committers.FirstOrDefault(key =>
            key.Algorithm == KeyAlgorithm.Sm2 && key.PublicKey.AsSpan().SequenceEqual(certificate.PublicKey));
        return committer is null
            ? Assessment.UnknownKey(keyId, attributes?.SigningTime)
            : Verify(data, attributes, certificate, payload, committer) with { KeyId = committer.Id, SignedAt = attributes?.SigningTime };
    }

    private Judgement Verify(
        SignedData data, SignedAttributes? attributes, X509CertificateInfo certificate, ReadOnlySpan<byte> payload, TrustedKey committer)
    {
        if (attributes is not null
            && (attributes.ContentType != data.ContentType || !IncrementalSm3.HashData(payload).AsSpan().SequenceEqual(attributes.MessageDigest)))
        {
            return Assessment.Malformed("the signature was made over another object", "签名针对的是其他对象");
        }

        var message = data.Attributes is { } signed ? signed : payload;
        if (signatures.Verify(KeyAlgorithm.Sm2, committer.PublicKey, message, data.Signature) != Verdict.Pass)
        {
            return Assessment.Malformed("the signature does not match the object", "签名与对象不符");
        }

        // A signature that names no time can only be judged as made now.
        var now = timeProvider.GetUtcNow();
        var signedAt = attributes?.SigningTime ?? now;
        var judged = Assessment.Judge(committer, signedAt);
        return signedAt > now + ClockTolerance ? Assessment.Malformed("the signature claims to be made in the future", "签名时间在未来")
            : judged.Verdict == Verdict.Pass && !certificate.IsValidAt(signedAt) ? Assessment.NotValidThen()
            : judged;
    }
}
