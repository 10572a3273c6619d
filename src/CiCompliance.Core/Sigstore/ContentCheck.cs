using System.Security.Cryptography;
using System.Text.Json;
using CiCompliance.Attestations;
using CiCompliance.Keys;
using CiCompliance.Signing;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Sigstore;

/// <summary>The signature, and that it is over the artefact or over a statement about it.</summary>
internal sealed class ContentCheck(ISignatureVerifier ed25519, SigstoreReport report)
{
    private const string Signature = "signature";
    private const string Artifact = "artifact";

    public void Verify(SignedContent content, SignatureKey key, SignedArtifact artifact)
    {
        switch (content)
        {
            case SignedContent.Dsse dsse:
                Conclude(key.Verify(dsse.SignedBytes, dsse.Signature, ed25519));
                CompareSubject(dsse, artifact);
                break;
            case SignedContent.Message message:
                VerifyMessage(message, key, artifact);
                CompareDigest(message, artifact);
                break;
            default:
                throw new InvalidOperationException();
        }
    }

    private void VerifyMessage(SignedContent.Message message, SignatureKey key, SignedArtifact artifact)
    {
        var isKnown = true;
        if (key.Hashes.Count == 0)
        {
            if (artifact.Content?.Invoke() is { } content)
            {
                Conclude(key.Verify(content, message.Signature, ed25519));
                return;
            }

            isKnown = false;
        }

        foreach (var hash in key.Hashes)
        {
            if (artifact.Digest(hash) is not { } digest)
            {
                isKnown = false;
            }
            else if (key.VerifyHash(digest, hash, message.Signature))
            {
                Conclude(true);
                return;
            }
        }

        if (isKnown)
        {
            Conclude(false);
            return;
        }

        report.Refuse(Signature, SigstoreDiagnostics.NeedsArtifact,
            new("a signature of this kind of key is not over the artefact's SHA-256", "该类密钥的签名并非针对制品的 SHA-256"),
            new("Give the artefact itself (up to 64 MiB with an Ed25519 key)", "请给出制品本身(Ed25519 密钥最多 64 MiB)"));
    }

    private void Conclude(bool verified)
    {
        if (verified)
        {
            report.Pass(Signature, "by the expected key or the certificate's", "由预期密钥或证书密钥签署");
            return;
        }

        report.Refuse(Signature, BundleDiagnostics.BadSignature, new("its signature does not verify", "签名验证失败"));
    }

    private void CompareDigest(SignedContent.Message message, SignedArtifact artifact)
    {
        if (message.Digest is { } stated && !IsOf(stated, artifact))
        {
            Refuse("it is for an artefact with another digest", "其对应的制品摘要不同");
            return;
        }

        if (!report.IsRefused(Signature))
        {
            report.Pass(Artifact, "signed itself", "制品本身已签名");
        }
    }

    private void CompareSubject(SignedContent.Dsse dsse, SignedArtifact artifact)
    {
        if (dsse.PayloadType != DsseEnvelope.InTotoPayloadType)
        {
            Refuse($"its payload type is '{Shown.Of(dsse.PayloadType)}', not that of an in-toto statement",
                $"载荷类型为“{Shown.Of(dsse.PayloadType)}”,不是 in-toto 声明");
        }
        else if (!BundleSubject.HasSubject(dsse.Payload, artifact.Sha256))
        {
            Refuse("its statement has no subject with the artefact's SHA-256", "声明中没有 SHA-256 与该制品相同的主体");
        }
        else
        {
            report.Pass(Artifact, "a subject of the statement", "为声明中的主体");
        }
    }

    private void Refuse(string en, string zh) => report.Refuse(Artifact, BundleDiagnostics.OtherContent, new(en, zh),
        new("Take the bundle that was made for this artefact", "请使用为该制品生成的 bundle"));

    /// <summary>The digest in the bundle is a hint; where it differs, the bundle is another's. What can't be compared decides nothing: the signature does.</summary>
    private static bool IsOf(MessageDigest stated, SignedArtifact artifact)
    {
        HashAlgorithmName algorithm;
        try
        {
            algorithm = EntryBody.AlgorithmOf(stated.Algorithm);
        }
        catch (JsonException)
        {
            return false;
        }

        return artifact.Digest(algorithm) is not { } digest || digest.AsSpan().SequenceEqual(stated.Value);
    }
}
