using CiCompliance.Keys;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Evidence.Verification;

/// <summary>Step 5, co-signatures: counted only over the very body that is kept, by keys of the auditor.</summary>
internal static class WitnessStep
{
    /// <param name="kept">The verified checkpoint, or null where it was refused: then nothing is counted.</param>
    public static void Verify(VerificationContext context, Checkpoint? kept)
    {
        var wanted = Wanted(context);
        var isKeptApart = context.Snapshot.Find(EvidencePaths.CosignedCheckpoint) is not null;
        if (!isKeptApart && wanted == 0 && kept is not { NamesTree: false, Signatures.Count: > 1 })
        {
            return;
        }

        // Only the checkpoint of a Rekor v2 log can carry co-signatures itself.
        var cosigned = kept is { NamesTree: false } && !isKeptApart
            ? kept
            : context.Document(5, EvidencePaths.CosignedCheckpoint, bytes => Checkpoint.Parse(bytes));
        if (cosigned is null || kept is null)
        {
            return;
        }

        var trusted = context.Trust.With(KeyRole.Witness, context.Run.Repository).Where(key => KeyJudge.Judge(key, context.ProvedTime, context.Now) is null).ToList();
        if (!cosigned.Body.AsSpan().SequenceEqual(kept.Body))
        {
            RefuseOther(context, kept, cosigned, NamesOf(new WitnessPolicy(0, trusted).Cosigners(cosigned, context.Services.Signatures)));
            return;
        }

        // A line under the log's own name is the log's word once more, whoever trusts its key as a witness.
        var own = new WitnessPolicy(0, [.. trusted.Where(key => IsOwn(key.Name, kept))]).Cosigners(cosigned, context.Services.Signatures);
        if (own.Count > 0)
        {
            context.Recomputed(5, "log.sm2", new($"signed by the log itself as {NamesOf(own)}", $"日志自身另以 {NamesOf(own)} 签名"));
        }

        var witnesses = new WitnessPolicy(wanted, [.. trusted.Where(key => !IsOwn(key.Name, kept))]);
        var names = NamesOf(witnesses.Cosigners(cosigned, context.Services.Signatures));
        if (witnesses.Verify(cosigned, context.Services.Signatures) == Verdict.Fail)
        {
            context.Refuse(5, "log.witnesses", VerificationDiagnostics.Cosignature, ReferenceEquals(cosigned, kept) ? EvidencePaths.Checkpoint : EvidencePaths.CosignedCheckpoint,
                new($"{wanted} trusted co-signatures are wanted, verified: {(names.Length > 0 ? names : "none")}", $"需要 {wanted} 个受信联署,已验证:{(names.Length > 0 ? names : "无")}"));
        }
        else if (names.Length > 0)
        {
            context.Recomputed(5, "log.witnesses", new($"co-signed by {names}", $"联署方:{names}"));
        }
    }

    private static bool IsOwn(string name, Checkpoint kept) => name == kept.Name || name.StartsWith(kept.Name + "+", StringComparison.Ordinal);

    private static string NamesOf(IEnumerable<TrustedKey> keys) => string.Join(", ", keys.Select(key => key.Name));

    /// <summary>What the auditor asks for, by word or by policy; and no run may fall behind the policy that it says it applied.</summary>
    private static int Wanted(VerificationContext context) => Math.Max(
        Math.Max(context.Expected.Witnesses, context.Expected.Policy?.Log.Cosignatures ?? 0),
        AppliedPolicy.Of(context)?.Cosignatures ?? 0);

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
