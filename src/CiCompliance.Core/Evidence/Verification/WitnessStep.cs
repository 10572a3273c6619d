using CiCompliance.Keys;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Evidence.Verification;

/// <summary>Step 5, co-signatures: counted only over the very body that is kept, by keys of the auditor.</summary>
internal static class WitnessStep
{
    /// <param name="kept">The verified checkpoint, or null where it was refused: then nothing is counted.</param>
    public static void Verify(VerificationContext context, Checkpoint? kept)
    {
        var isApart = context.Snapshot.Find(EvidencePaths.CosignedCheckpoint) is not null;
        if (!isApart && context.Expected.Witnesses == 0)
        {
            return;
        }

        // A v2 checkpoint carries its co-signatures itself.
        var cosigned = !isApart && kept is { NamesTree: false } ? kept : context.Document(5, EvidencePaths.CosignedCheckpoint, bytes => Checkpoint.Parse(bytes));
        if (cosigned is null || kept is null)
        {
            return;
        }

        var witnesses = new WitnessPolicy(context.Expected.Witnesses, [.. context.Trust.With(KeyRole.Witness, context.Run.Repository)
            .Where(key => KeyJudge.Judge(key, context.ProvedTime, context.Now) is null)]);
        var names = string.Join(", ", witnesses.Cosigners(cosigned, context.Services.Signatures).Select(key => key.Name));
        if (!cosigned.Body.AsSpan().SequenceEqual(kept.Body))
        {
            RefuseOther(context, kept, cosigned, names);
        }
        else if (witnesses.Verify(cosigned, context.Services.Signatures) == Verdict.Fail)
        {
            context.Refuse(5, "log.witnesses", VerificationDiagnostics.Cosignature, EvidencePaths.CosignedCheckpoint,
                new($"{context.Expected.Witnesses} trusted co-signatures are wanted, verified: {names}", $"需要 {context.Expected.Witnesses} 个受信联署,已验证:{names}"));
        }
        else if (names.Length > 0)
        {
            context.Recomputed(5, "log.witnesses", new($"co-signed by {names}", $"联署方:{names}"));
        }
    }

    /// <summary>Trusted witnesses of one size and another root have seen another log than this one: that is a fork, not a slip.</summary>
    private static void RefuseOther(VerificationContext context, Checkpoint kept, Checkpoint cosigned, string names)
    {
        if (names.Length > 0 && cosigned.Origin == kept.Origin && cosigned.Size == kept.Size)
        {
            context.Refuse(5, "log.witnesses", VerificationDiagnostics.LogForked, EvidencePaths.CosignedCheckpoint,
                new($"{names} saw another tree of {kept.Size} entries than {EvidencePaths.Checkpoint} has", $"{names} 所见的 {kept.Size} 条的树与 {EvidencePaths.Checkpoint} 不同"));
            return;
        }

        context.Refuse(5, "log.witnesses", VerificationDiagnostics.Cosignature, EvidencePaths.CosignedCheckpoint,
            new($"it is over another tree ({cosigned.Size} entries) than {EvidencePaths.Checkpoint} ({kept.Size})",
                $"所联署的树({cosigned.Size} 条)不是 {EvidencePaths.Checkpoint} 的树({kept.Size} 条)"));
    }
}
