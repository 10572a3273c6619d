using CiCompliance.Attestations;
using CiCompliance.Keys;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Evidence.Verification;

/// <summary>Step 5, the log as a whole: its kept checkpoint, how the seal's continues it, and what the auditor saw before.</summary>
internal static class CheckpointStep
{
    /// <summary>What the attestations' checkpoints have to lead to; null where it was refused.</summary>
    public static KeptCheckpoint? Verify(VerificationContext context, LogAssessment seal)
    {
        VerifyDescription(context, seal);
        var kept = VerifyKept(context, seal);
        WitnessStep.Verify(context, kept?.Head);
        VerifyLastSeen(context, seal);
        return kept;
    }

    /// <summary><c>log/log.json</c> is trusted for nothing here, but people hand its key to Sigstore tools.</summary>
    private static void VerifyDescription(VerificationContext context, LogAssessment seal)
    {
        if (context.Document(5, LogRecord.FileName, bytes => LogRecord.Parse(bytes)) is { } told
            && (told.Kind != context.Manifest.Log.Kind || told.Origin != seal.Checkpoint.Origin || told.LogId != seal.Key.Id
                || !told.PublicKey.AsSpan().SequenceEqual(seal.Key.PublicKey)))
        {
            context.Refuse(5, "log", VerificationDiagnostics.NotInLog, LogRecord.FileName,
                new("it describes another log than the seal's", "其描述的不是封存所用的日志"));
        }
    }

    private static KeptCheckpoint? VerifyKept(VerificationContext context, LogAssessment seal)
    {
        if (context.Document(5, EvidencePaths.Checkpoint, bytes => Checkpoint.Parse(bytes)) is not { } kept)
        {
            return null;
        }

        // Smaller, never equal: the seal is over a manifest that lists this very file.
        if (kept.Origin != seal.Checkpoint.Origin || kept.Size >= seal.Checkpoint.Size || !kept.IsOf(seal.Key, context.Services.Signatures))
        {
            context.Refuse(5, "log.checkpoint", VerificationDiagnostics.NotInLog, EvidencePaths.Checkpoint,
                new("it is not an earlier checkpoint of the seal's log", "不是封存所用日志的较早检查点"));
            return null;
        }

        var proof = context.Snapshot.Find(EvidencePaths.SealConsistency) is null
            ? null
            : context.Document(5, EvidencePaths.SealConsistency, bytes => ConsistencyProof.Parse(bytes));
        if (KeptCheckpoint.IsContinued(context, 5, "log.growth", EvidencePaths.SealConsistency, (kept, seal.Checkpoint), proof, EvidencePaths.SealConsistency))
        {
            context.Recomputed(5, "log.growth", new(
                $"the seal's tree of {seal.Checkpoint.Size} entries begins with the {kept.Size} of {EvidencePaths.Checkpoint}",
                $"封存所在 {seal.Checkpoint.Size} 条的树以 {EvidencePaths.Checkpoint} 的 {kept.Size} 条为前缀"));
        }

        if (context.Snapshot.Find(EvidencePaths.LogConsistency) is null)
        {
            return new KeptCheckpoint(kept, new Dictionary<long, ConsistencyProof>());
        }

        return context.Document(5, EvidencePaths.LogConsistency, bytes => KeptCheckpoint.ReadProofs(bytes, kept)) is { } proofs
            ? new KeptCheckpoint(kept, proofs)
            : null;
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
        if (older.Body.AsSpan().SequenceEqual(newer.Body) || proof?.Connects(older, newer) == true)
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
