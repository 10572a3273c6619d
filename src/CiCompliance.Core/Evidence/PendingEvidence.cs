using CiCompliance.Attestations;
using CiCompliance.Digests;
using CiCompliance.Evidence.Verification;
using CiCompliance.Keys;
using CiCompliance.Pipeline;
using CiCompliance.Signing;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Evidence;

/// <summary>
/// Evidence that waits for its log. An SM2 signature over all of it is left with it, so that whoever holds the folder meanwhile can change
/// nothing unnoticed; nothing is recorded before that is verified.
/// </summary>
internal sealed class PendingEvidence(ISignerFactory signers, ISignatureVerifier verifier, IDigestCalculator digests)
{
    /// <summary>Signs the folder as it is. The key has to be at hand: without it the folder can't be left.</summary>
    public void Leave(StageContext context, CancellationToken cancellationToken)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(context.Clock.GetUtcNow().ToUnixTimeSeconds());
        var payload = new PendingRecord(PendingRecord.CurrentVersion, context.Run.Identity, now, Files(context, cancellationToken)).ToJson();
        using var sm2 = signers.Open(context.Options.Sm2Key!, KeyAlgorithm.Sm2);
        var message = DsseEnvelope.PreAuthenticationEncoding(PendingRecord.PayloadType, payload);
        context.Evidence.Write(EvidencePaths.Pending,
            new DsseEnvelope(payload, PendingRecord.PayloadType, [new(sm2.KeyId, sm2.Sign(message), sm2.CertificateChain)]).ToJson());
    }

    /// <summary>Looks whether the folder was left, and is what was left then.</summary>
    /// <returns>False where it was not left.</returns>
    /// <exception cref="CiComplianceException">It is not what was left, or its signer does not count any more (CIC4033).</exception>
    public bool Check(StageContext context, CancellationToken cancellationToken)
    {
        if (!context.Evidence.Exists(EvidencePaths.Pending))
        {
            return false;
        }

        var envelope = context.Evidence.Read(EvidencePaths.Pending, PendingRecord.MaxBytes, bytes => DsseEnvelope.Parse(bytes));
        if (envelope.PayloadType != PendingRecord.PayloadType || envelope.Signatures is not [var signature]
            || verifier.Verify(KeyAlgorithm.Sm2, KeyOf(context, signature.KeyId),
                DsseEnvelope.PreAuthenticationEncoding(PendingRecord.PayloadType, envelope.Payload), signature.Sig) != Verdict.Pass)
        {
            throw Changed(EvidencePaths.Pending, new("its SM2 signature does not verify", "SM2 签名验证失败"));
        }

        var left = context.Evidence.Read(EvidencePaths.Pending, PendingRecord.MaxBytes, _ => PendingRecord.Parse(envelope.Payload));
        if (left.Run != context.Run.Identity)
        {
            throw Changed(EvidencePaths.Pending, new("it was left by another run", "由其他运行留下"));
        }

        var files = Files(context, cancellationToken);
        var differing = left.Files.Except(files).Concat(files.Except(left.Files)).Select(file => file.Path).Order(StringComparer.Ordinal).FirstOrDefault();
        return differing is null
            ? true
            : throw Changed(differing, new("it is not as the run left it", "与运行留下时不同"));
    }

    private IReadOnlyList<ManifestFile> Files(StageContext context, CancellationToken cancellationToken) =>
        FolderFiles.Digest(context.Evidence, PendingRecord.Covers, digests, cancellationToken);

    /// <summary>The trusted key of that id, valid now; for one that the trust store doesn't hold, the signing key itself.</summary>
    private byte[] KeyOf(StageContext context, string id)
    {
        if (context.Trust.Find(KeyRole.EvidenceSm2, id, context.Policy.Repository) is { Algorithm: KeyAlgorithm.Sm2 } trusted)
        {
            return KeyJudge.Judge(trusted, provedTime: null, context.Clock.GetUtcNow()) is { } refusal ? throw Changed(trusted.Name, refusal.What) : trusted.PublicKey;
        }

        if (context.Options.Sm2Key is { } reference && !context.Trust.Keys.Any(key => key.Id == id))
        {
            using var own = signers.Open(reference, KeyAlgorithm.Sm2);
            if (own.KeyId == id)
            {
                return own.PublicKey;
            }
        }

        throw Changed(EvidencePaths.Pending, new($"key {id} is not trusted as evidence-sm2 for this repository", $"密钥 {id} 不是本仓库受信的 evidence-sm2 密钥"));
    }

    private static CiComplianceException Changed(string origin, LocalizedText what) =>
        new(LogDiagnostics.PendingChanged, origin, what,
            new("Do not record it: find out who changed what, then run the pipeline from the beginning", "请勿记录:先查明谁更改了什么,再从头运行流水线"));
}
