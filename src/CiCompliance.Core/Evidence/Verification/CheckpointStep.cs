using CiCompliance.Attestations;
using CiCompliance.Keys;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Evidence.Verification;

/// <summary>Step 5, the log as a whole: its kept checkpoint, co-signatures, and consistency with what the auditor saw before.</summary>
internal static class CheckpointStep
{
    public static void Verify(VerificationContext context, LogAssessment seal)
    {
        VerifyKept(context, seal);
        VerifyWitnesses(context, seal);
        VerifyLastSeen(context, seal);
    }

    private static void VerifyKept(VerificationContext context, LogAssessment seal)
    {
        if (context.Document(5, EvidencePaths.Checkpoint, bytes => Checkpoint.Parse(bytes)) is { } kept
            && (kept.Origin != seal.Checkpoint.Origin || kept.Size > seal.Checkpoint.Size || !IsSigned(context, kept, seal.Key)))
        {
            context.Refuse(5, "log.checkpoint", VerificationDiagnostics.NotInLog, EvidencePaths.Checkpoint,
                new("it is not an earlier checkpoint of the seal's log", "不是封存所用日志的较早检查点"));
        }
    }

    private static void VerifyWitnesses(VerificationContext context, LogAssessment seal)
    {
        if (context.Snapshot.Find(EvidencePaths.CosignedCheckpoint) is null && context.Expected.Witnesses == 0)
        {
            return;
        }

        if (context.Document(5, EvidencePaths.CosignedCheckpoint, bytes => Checkpoint.Parse(bytes)) is not { } cosigned)
        {
            return;
        }

        var witnesses = new WitnessPolicy(context.Expected.Witnesses, [.. context.Trust.With(KeyRole.Witness, context.Run.Repository)
            .Where(key => KeyJudge.Judge(key, context.ProvedTime, context.Now) is null)]);
        var names = string.Join(", ", witnesses.Cosigners(cosigned, context.Services.Signatures).Select(key => key.Name));
        // Over the very body that is kept: witnesses of another fork vouch for nothing here.
        var kept = context.Document(5, EvidencePaths.Checkpoint, bytes => Checkpoint.Parse(bytes));
        if (kept is null || !cosigned.Body.AsSpan().SequenceEqual(kept.Body) || cosigned.Origin != seal.Checkpoint.Origin
            || witnesses.Verify(cosigned, context.Services.Signatures) == Verdict.Fail)
        {
            context.Refuse(5, "log.witnesses", VerificationDiagnostics.Cosignature, EvidencePaths.CosignedCheckpoint,
                new($"{context.Expected.Witnesses} trusted co-signatures are wanted, verified: {names}", $"需要 {context.Expected.Witnesses} 个受信联署,已验证:{names}"));
        }
        else if (names.Length > 0)
        {
            context.Recomputed(5, "log.witnesses", new($"co-signed by {names}", $"联署方:{names}"));
        }
    }

    private static void VerifyLastSeen(VerificationContext context, LogAssessment seal)
    {
        if (context.Expected.Checkpoint is not { } bytes)
        {
            return;
        }

        var seen = Checkpoint.Parse(bytes);
        var sealedHead = seal.Checkpoint;
        if (seen.Origin != sealedHead.Origin || !IsSigned(context, seen, seal.Key))
        {
            context.Refuse(5, "log.consistency", VerificationDiagnostics.LogForked, sealedHead.Origin,
                new("the checkpoint given is not one of this log", "给定的检查点不属于此日志"));
            return;
        }

        var (older, newer) = seen.Size <= sealedHead.Size ? (seen, sealedHead) : (sealedHead, seen);
        var proof = context.Expected.ConsistencyProof is { } given ? ConsistencyProof.Parse(given) : null;
        if (older.Size == newer.Size ? older.Root.AsSpan().SequenceEqual(newer.Root)
            : proof is not null && proof.OldSize == older.Size && proof.NewSize == newer.Size
              && MerkleProof.ProvesConsistency(older.Size, newer.Size, older.Root, newer.Root, proof.Hashes))
        {
            context.Recomputed(5, "log.consistency", new(
                $"the log of {newer.Size} entries begins with the {older.Size} seen before", $"{newer.Size} 条的日志以此前所见的 {older.Size} 条为前缀"));
        }
        else if (older.Size == newer.Size || (proof is not null && proof.OldSize == older.Size && proof.NewSize == newer.Size))
        {
            context.Refuse(5, "log.consistency", VerificationDiagnostics.LogForked, sealedHead.Origin,
                new($"the log of {newer.Size} entries does not continue the {older.Size} seen before", $"{newer.Size} 条的日志与此前所见的 {older.Size} 条不一致"));
        }
        else
        {
            context.Refuse(5, "log.consistency", new Finding(VerificationDiagnostics.LogNotConnected, sealedHead.Origin,
                new($"a proof from {older.Size} to {newer.Size} entries is needed", $"需要从 {older.Size} 到 {newer.Size} 条的一致性证明"),
                new($"Ask the log's operator for cicompliance log prove --from {older.Size} --to {newer.Size} and give it with --consistency-proof",
                    $"请向日志运营方索取 cicompliance log prove --from {older.Size} --to {newer.Size} 的输出,并用 --consistency-proof 提供")));
        }
    }

    private static bool IsSigned(VerificationContext context, Checkpoint checkpoint, TrustedKey key) =>
        checkpoint.Verify(checkpoint.Name, key.Algorithm, key.PublicKey, context.Services.Signatures) == Verdict.Pass;
}
