using System.Formats.Asn1;
using System.Runtime.CompilerServices;
using CiCompliance.Cryptography.Keys;
using CiCompliance.Keys;
using CiCompliance.Source;

namespace CiCompliance.Cryptography.Cms;

/// <summary>
/// Verifies detached CMS signatures over git objects: SM2, RSA (PKCS #1 v1.5) and ECDSA. The certificate in the message only says which key
/// signed and when it may; the key itself must be a committer's in the trust store. Each trusted key is
/// prepared once, as long as its record lives. Thread safe.
/// </summary>
internal sealed class CmsVerifier(TimeProvider timeProvider)
{
    public const string Label = "SIGNED MESSAGE";

    private const int MaxArmor = 256 << 10;

    private readonly ConditionalWeakTable<TrustedKey, CmsPublicKey> prepared = [];

    /// <returns>A judgement for each signer; one where the message itself is refused.</returns>
    public IReadOnlyList<Judgement> Verify(ReadOnlySpan<byte> armor, ReadOnlySpan<byte> payload, IReadOnlyList<TrustedKey> committers)
    {
        if (armor.Length > MaxArmor || !armor.StartsWith("-----BEGIN SIGNED MESSAGE-----"u8)
            || !armor.TrimEnd("\r\n"u8).EndsWith("-----END SIGNED MESSAGE-----"u8)
            || PemBlock.ReadAll(armor, maximum: 1) is not [{ Label: Label } block])
        {
            return [Assessment.Malformed("the signature is not one PEM block of at most 256 KiB", "签名不是单个不超过 256 KiB 的 PEM 块")];
        }

        try
        {
            var data = SignedData.Parse(block.Content);
            var judgements = new List<Judgement>();
            foreach (var signer in data.Signers)
            {
                judgements.Add(Verify(data, signer, payload, committers));
            }

            return judgements;
        }
        catch (AsnContentException)
        {
            return [Assessment.Malformed("the signature is not well-formed ASN.1", "签名不是格式正确的 ASN.1")];
        }
        catch (NotSupportedException e)
        {
            return [Assessment.Unsupported($"the signature is of a form that is not accepted: {e.Message}", "签名的形式不被接受")];
        }
    }

    private Judgement Verify(SignedData data, SignerInfo signer, ReadOnlySpan<byte> payload, IReadOnlyList<TrustedKey> committers)
    {
        if (CmsAlgorithm.IsWeak(signer.DigestAlgorithm, signer.SignatureAlgorithm))
        {
            return Assessment.Weak("the digest is weaker than SHA-256", "摘要算法弱于 SHA-256");
        }

        if (data.ContentType is not (CmsOids.GmData or CmsOids.Pkcs7Data)
            || CmsAlgorithm.Of(signer.DigestAlgorithm, signer.SignatureAlgorithm) is not { } algorithm)
        {
            return Assessment.Unsupported(
                "only SM2 with SM3, and RSA (PKCS #1 v1.5) and ECDSA with SHA-256, SHA-384 or SHA-512, over plain data are accepted",
                "仅接受对数据内容的 SM2/SM3 签名，以及采用 SHA-256、SHA-384 或 SHA-512 的 RSA（PKCS #1 v1.5）和 ECDSA 签名");
        }

        if (data.CertificateOf(signer) is not { } certificate)
        {
            return Assessment.Malformed(
                "the signer's certificate is not in the message, or there twice; gpgsm puts it there with include-certs 1",
                "签名消息中没有签名者证书，或有重复；gpgsm 可用 include-certs 1 附上证书");
        }

        var kind = PublicKeyInfo.AlgorithmOf(certificate.PublicKey);
        if (!algorithm.Fits(kind))
        {
            return RsaPublicKey.TryRead(certificate.PublicKey) is { IsShort: true }
                ? Assessment.Weak("the signer's RSA key is shorter than 2048 bits", "签名者的 RSA 密钥短于 2048 位")
                : Assessment.Unsupported("the signer's key is not of the signature's algorithm, or of no accepted form", "签名者的密钥与签名算法不符，或其形式不被接受");
        }

        if (!certificate.MayVerifySignatures())
        {
            return Assessment.Unsupported(
                "the signer's certificate is not for signatures, or has a critical extension that is not known", "签名者的证书不用于签名，或含有未知的关键扩展");
        }

        var attributes = signer.Attributes is { } signed ? SignedAttributes.Parse(signed) : null;
        var committer = committers.FirstOrDefault(key => key.Algorithm == kind && key.PublicKey.AsSpan().SequenceEqual(certificate.PublicKey));
        return committer is null
            ? Assessment.UnknownKey(PublicKeyInfo.KeyId(certificate.PublicKey), attributes?.SigningTime)
            : Verify(new(signer, algorithm, data.ContentType, attributes, certificate, committer), payload) with
            {
                KeyId = committer.Id,
                SignedAt = attributes?.SigningTime,
            };
    }

    private Judgement Verify(Found found, ReadOnlySpan<byte> payload)
    {
        var (signer, algorithm, contentType, attributes, certificate, committer) = found;
        if (attributes is not null
            && (attributes.ContentType != contentType || !algorithm.HashData(payload).AsSpan().SequenceEqual(attributes.MessageDigest)))
        {
            return Assessment.Malformed("the signature was made over another object", "签名针对的是其他对象");
        }

        var message = signer.Attributes is { } signed ? signed : payload;
        if (!prepared.GetValue(committer, static trusted => new CmsPublicKey(trusted)).Verifies(algorithm, message, signer.Signature))
        {
            return Assessment.Malformed("the signature does not match the object", "签名与对象不符");
        }

        // A signature that names no time can only be judged as made now.
        var signedAt = attributes?.SigningTime ?? timeProvider.GetUtcNow();
        var judged = Assessment.Judge(committer, signedAt);
        return Assessment.IsInFuture(signedAt, timeProvider) ? Assessment.Malformed("the signature claims to be made in the future", "签名时间在未来")
            : judged.Verdict == Verdict.Pass && !certificate.IsValidAt(signedAt) ? Assessment.NotValidThen()
            : judged;
    }

    private sealed record Found(
        SignerInfo Signer, CmsAlgorithm Algorithm, string ContentType, SignedAttributes? Attributes, X509CertificateInfo Certificate, TrustedKey Committer);
}
