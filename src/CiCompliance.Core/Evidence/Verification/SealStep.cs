using CiCompliance.Attestations;
using CiCompliance.Keys;
using CiCompliance.Policy;
using CiCompliance.Signing;
using CiCompliance.Sigstore;

namespace CiCompliance.Evidence.Verification;

/// <summary>Steps 4 to 6 for the seal: both signatures, its log entry, and what time that proves.</summary>
internal static class SealStep
{
    /// <summary>The log's word on the seal; null where the seal was refused.</summary>
    public static LogAssessment? Verify(VerificationContext context)
    {
        if (!ModeIsAllowed(context))
        {
            return null;
        }

        var manifest = context.Snapshot.Find(EvidencePaths.Manifest)!;
        var sm2Key = Sm2Verification.Verify(context, 4, EvidencePaths.ManifestSm2, DsseEnvelope.ManifestPayloadType, manifest.Content!,
            VerificationDiagnostics.SealSignature);
        var assessment = VerifyBundle(context, manifest);
        if (sm2Key is null || assessment is not { Signer: { } p256Key, Log: { } log })
        {
            return null;
        }

        context.Recomputed(4, "seal.signatures", new(
            $"SM2 by '{sm2Key.Name}', P-256 by '{p256Key.Name}'", $"SM2:“{sm2Key.Name}”;P-256:“{p256Key.Name}”"));
        VerifyTime(context, log, assessment.Bundle!, [sm2Key, p256Key]);
        return log;
    }

    private static bool ModeIsAllowed(VerificationContext context)
    {
        switch (context.Run.Mode)
        {
            case RunMode.Production:
                return true;
            case RunMode.Demonstration when context.Expected.AllowDemonstration:
                context.Attested(4, "seal.mode", new(
                    "DEMONSTRATION: made with keys that lived for one run; proves nothing about a release",
                    "演示(DEMONSTRATION):使用一次性密钥生成,不能证明任何正式发布"));
                return true;
            default:
                context.Refuse(4, "seal.mode", new Finding(VerificationDiagnostics.Demonstration, EvidencePaths.Manifest,
                    new("it was made in demonstration mode", "该证据为演示模式产物"),
                    new("Ask for evidence of a production run; --allow-demonstration shows how verification works", "请索取正式运行的证据;--allow-demonstration 仅用于了解验证过程")));
                return false;
        }
    }

    private static BundleAssessment? VerifyBundle(VerificationContext context, EvidenceFile manifest)
    {
        var file = context.Snapshot.Find(EvidencePaths.ManifestSigstore)!;
        var assessment = Bundles.Verify(context, 4, EvidencePaths.ManifestSigstore, payload: null);
        if (assessment?.Bundle?.Content is not SignedContent.Dsse dsse || file.Content is null)
        {
            return null;
        }

        var statement = Statement.Parse(dsse.Payload);
        var envelope = context.Snapshot.Find(EvidencePaths.ManifestSm2)!;
        var predicate = statement.PredicateType == PredicateTypes.Seal ? SealPredicate.Parse(statement.Predicate) : null;
        Subject[] subjects = [new(EvidencePaths.Manifest, manifest.Digests), new(EvidencePaths.ManifestSm2, envelope.Digests)];
        if (predicate is null || predicate.Run != context.Run || predicate.Log != context.Manifest.Log.Kind
            || !statement.Subject.SequenceEqual(subjects))
        {
            context.Refuse(4, "seal.signatures", VerificationDiagnostics.SealSignature, EvidencePaths.ManifestSigstore,
                new("its statement is not about this manifest and its SM2 envelope", "其声明与本清单及 SM2 信封不符"));
            return null;
        }

        return assessment;
    }

    private static void VerifyTime(VerificationContext context, LogAssessment log, SigstoreBundle bundle, IReadOnlyList<TrustedKey> keys)
    {
        var told = context.Manifest.Log;
        if (told.KeyId != log.Key.Id || told.Origin != log.Checkpoint.Origin)
        {
            context.Refuse(5, "log", VerificationDiagnostics.NotInLog, EvidencePaths.ManifestSigstore,
                new("the log that holds the seal is not the one the manifest names", "记录封存的日志与清单所述不符"));
            return;
        }

        context.Recomputed(5, "log", new(
            $"entry {log.Index} of the log '{log.Checkpoint.Origin}'", $"日志“{log.Checkpoint.Origin}”第 {log.Index} 条"));
        context.Attested(5, "log.kind", told.Kind == LogKind.Ephemeral
            ? new("the log was born in this run: it proves nothing about time", "日志在本次运行中产生:不能证明时间")
            : new($"the log is {told.Kind}", $"日志类型:{told.Kind}"));

        var logged = KeyJudge.ProvedTime(log.Key, log.IntegratedTime);
        var stamped = Bundles.ProvedTime(context, bundle);
        context.ProvedTime = logged is null || stamped?.Time < logged ? stamped?.Time : logged;
        var refused = false;

        // A stamp is over the signature, before it is logged: it proves nothing about what the log's key did later.
        foreach (var (key, proved) in keys.Select(key => (key, context.ProvedTime)).Append((log.Key, logged)))
        {
            if (KeyJudge.Judge(key, proved, context.Now) is { } refusal)
            {
                refused = true;
                context.Refuse(6, "time", refusal.Diagnostic, key.Name, refusal.What);
            }
        }

        if (stamped is null && (context.Expected.Policy?.Log.TimestampAuthority is not null || (bundle.Timestamps.Count == 0 && AppliedPolicy.Of(context)?.TimestampAuthority is not null)))
        {
            refused = true;
            context.Refuse(6, "time", VerificationDiagnostics.TimeUnproved, EvidencePaths.ManifestSigstore,
                new("a time-stamping authority is wanted by policy, and no trusted independent one stamped the seal", "策略要求时间戳,但没有受信的独立机构为封存加盖"));
        }

        if (!refused)
        {
            context.Recomputed(6, "time", stamped is { } stamp && context.ProvedTime == stamp.Time
                ? new($"'{stamp.Authority.Name}' stamped the seal at {stamp.Time:u}; its keys were valid then", $"“{stamp.Authority.Name}”于 {stamp.Time:u} 为封存加盖时间戳,当时密钥有效")
                : context.ProvedTime is { } time
                ? new($"an independent log proves the seal before {time:u}; its keys were valid then", $"独立日志证明封存早于 {time:u},当时密钥有效")
                : new("nobody independent proves the time; the keys are valid now", "没有独立方证明时间;密钥当前有效"));
        }
    }
}
