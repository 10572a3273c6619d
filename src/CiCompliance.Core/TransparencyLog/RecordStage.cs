using CiCompliance.Attestations;
using CiCompliance.Digests;
using CiCompliance.Evidence;
using CiCompliance.Keys;
using CiCompliance.Pipeline;
using CiCompliance.Policy;
using CiCompliance.Signing;
using CiCompliance.Sigstore;
using CiCompliance.Timestamping;

namespace CiCompliance.TransparencyLog;

/// <summary>
/// Logs every P-256 bundle of <c>attestations/</c>, puts entry and proofs into it, and verifies it as an auditor will. Can run again: what
/// is signed stays, entries are made anew. Where the policy allows, evidence whose log can't be reached is left to be recorded later.
/// </summary>
public sealed class RecordStage(ITransparencyLogFactory logs, ISignerFactory signers, ISignatureVerifier verifier, IDigestCalculator digests, ITimestampTokens timestamps) : IStage
{
    private const string Suffix = ".sigstore.json";

    public string Name => "record";

    /// <summary>Demands that an earlier run left evidence in the folder. Asked before anything in it is touched: it may be sealed already.</summary>
    /// <exception cref="CiComplianceException">It did not (CIC4032).</exception>
    public static void DemandPending(EvidenceFolder folder)
    {
        if (!folder.Exists(EvidencePaths.Pending))
        {
            throw new CiComplianceException(LogDiagnostics.NothingPending, EvidencePaths.Pending,
                new("no earlier run left evidence here to be recorded", "没有此前运行留下的待记录证据"),
                new("Run cicompliance record for evidence that was never left, or cicompliance seal where it is recorded", "未曾留待的证据请运行 cicompliance record;已记录的请运行 cicompliance seal"));
        }
    }

    public async Task<StageResult> RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        if (context.Options.Resume)
        {
            DemandPending(context.Evidence);
        }

        var pending = new PendingEvidence(signers, verifier, digests);
        var waited = pending.Check(context, cancellationToken);
        var names = context.Evidence.List()
            .Where(name => name.StartsWith(EvidencePaths.Attestations + "/", StringComparison.Ordinal) && name.EndsWith(Suffix, StringComparison.Ordinal))
            .ToList();
        if (names.Count == 0)
        {
            throw new CiComplianceException(LogDiagnostics.NothingToRecord, EvidencePaths.Attestations,
                new("there is no signed statement to record", "没有可记录的已签名声明"), new("Run cicompliance sign first", "请先运行 cicompliance sign"));
        }

        var bundles = names.Select(name => context.Evidence.Read(name, SigstoreBundle.MaxBytes, bytes => SigstoreBundle.Parse(bytes))).ToList();
        for (var i = 0; i < names.Count; i++)
        {
            CheckTwin(context, names[i], bundles[i]);
        }

        try
        {
            return await RecordAsync(context, names, bundles, cancellationToken);
        }
        catch (CiComplianceException e) when ((e.Diagnostic == RekorDiagnostics.Unreachable || e.Diagnostic == TimestampDiagnostics.Unreachable) && context.Policy.Log.Offline && context.Options.Sm2Key is not null)
        {
            if (!waited)
            {
                pending.Leave(context, cancellationToken);
            }

            return Left(names.Count, e);
        }
    }

    /// <summary>Nothing is written before all of it is recorded and connected.</summary>
    private async Task<StageResult> RecordAsync(
        StageContext context, IReadOnlyList<string> names, IReadOnlyList<SigstoreBundle> bundles, CancellationToken cancellationToken)
    {
        using var log = logs.Open(context);
        var recorder = new LogRecorder(log, SignerKeys(context, bundles), verifier);
        context.Progress.Report(new($"recording {names.Count} entries", $"正在记录 {names.Count} 个条目"));
        var stamped = await new TimestampRound(timestamps).StampAsync(context, bundles, cancellationToken);
        var recorded = await recorder.RecordAsync(stamped, cancellationToken);
        var head = recorded.Select(CheckpointOf).MaxBy(checkpoint => checkpoint.Size)!;
        var proofs = await ConnectAsync(recorder, recorded, head, cancellationToken);
        var cosignatures = await CosignAsync(context, log, head, cancellationToken);
        for (var i = 0; i < names.Count; i++)
        {
            context.Evidence.Write(names[i], recorded[i].ToJson());
        }

        WriteLog(context, log, head, cosignatures, proofs);
        context.Evidence.Delete(EvidencePaths.Pending);
        return new StageResult(Name,
            [new Check("record.entries", Verdict.Pass, new(
                $"{names.Count} entries in {head.Origin}, {head.Size} entries long", $"{names.Count} 个条目已记录于 {head.Origin}(共 {head.Size} 条)"))], []);
    }

    private StageResult Left(int count, CiComplianceException cause) => new(Name,
        [new Check("record.pending", Verdict.Undecided, new($"pending: {count} signed statements are not recorded yet", $"待记录:{count} 份已签名声明尚未记录"))],
        [new Finding(LogDiagnostics.Pending, cause.Finding.Origin,
            new($"the evidence waits to be recorded: {cause.Finding.What.En}", $"证据等待记录:{cause.Finding.What.Zh}"),
            new("Run cicompliance record --resume with the same options once the log is up; until then nobody can verify this evidence",
                "日志恢复后请以相同选项运行 cicompliance record --resume;在此之前无法验证此证据"))]);

    /// <summary>The keys that signed, by the trust store; for a key it doesn't hold, by the signing key itself.</summary>
    private List<TrustedKey> SignerKeys(StageContext context, IReadOnlyList<SigstoreBundle> bundles)
    {
        var keys = context.Trust.With(KeyRole.EvidenceP256, context.Policy.Repository).ToList();
        var hints = keys.Select(key => SigstoreBundle.HintOf(key.PublicKey)).ToHashSet();
        if (context.Options.P256Key is { } reference && bundles.Any(bundle => !hints.Contains(bundle.KeyHint)))
        {
            using var signer = signers.Open(reference, KeyAlgorithm.EcdsaP256);
            keys.Add(new(signer.KeyId, "signer", KeyRole.EvidenceP256, KeyAlgorithm.EcdsaP256, signer.PublicKey, []));
        }

        return keys;
    }

    private static void CheckTwin(StageContext context, string name, SigstoreBundle bundle)
    {
        var twin = name[..^Suffix.Length] + ".sm2.dsse.json";
        var envelope = context.Evidence.Read(twin, SigstoreBundle.MaxBytes, bytes => DsseEnvelope.Parse(bytes));
        if (bundle.Content is not SignedContent.Dsse dsse || !dsse.Payload.AsSpan().SequenceEqual(envelope.Payload))
        {
            throw new CiComplianceException(LogDiagnostics.RecordedBadly, name,
                new("its SM2 envelope is over other bytes", "其 SM2 信封的内容不同"), new("Sign again with cicompliance sign", "请用 cicompliance sign 重新签名"));
        }
    }

    /// <summary>An external log gives every entry its own checkpoint: each is led to the one that is kept and that witnesses sign.</summary>
    private static async Task<IReadOnlyList<byte[]>> ConnectAsync(
        LogRecorder recorder, IReadOnlyList<SigstoreBundle> recorded, Checkpoint head, CancellationToken cancellationToken)
    {
        var proofs = new List<byte[]>();
        foreach (var older in recorded.Select(CheckpointOf).Where(older => !older.Body.AsSpan().SequenceEqual(head.Body))
            .DistinctBy(older => (older.Size, Convert.ToBase64String(older.Root))).OrderBy(older => older.Size))
        {
            proofs.Add((await recorder.ConnectAsync(older, head, cancellationToken)).ToJson());
        }

        return proofs;
    }

    /// <summary>The lines of the policy's witnesses over the checkpoint that is kept.</summary>
    private async Task<IReadOnlyList<NoteSignature>> CosignAsync(StageContext context, ITransparencyLog log, Checkpoint head, CancellationToken cancellationToken)
    {
        if (context.Policy.Log.Witnesses is not { Count: > 0 } witnesses)
        {
            return [];
        }

        context.Progress.Report(new($"asking {witnesses.Count} witnesses", $"正在请求 {witnesses.Count} 个见证方联署"));
        var now = context.Clock.GetUtcNow();
        var trusted = context.Trust.With(KeyRole.Witness, context.Policy.Repository).Where(key => key.Revocation is null && key.IsValidAt(now)).ToList();
        return await new WitnessRound(new(context.Policy.Log.Cosignatures, trusted), verifier).CosignAsync(
            witnesses, context.Clock, head, (from, token) => log.ConsistencyAsync(head with { Size = from }, head, token), cancellationToken);
    }

    private static Checkpoint CheckpointOf(SigstoreBundle bundle) => Checkpoint.Parse(bundle.Entry!.Proof!.Checkpoint);

    private void WriteLog(
        StageContext context, ITransparencyLog log, Checkpoint head, IReadOnlyList<NoteSignature> cosignatures, IReadOnlyList<byte[]> proofs)
    {
        context.Evidence.Delete(EvidencePaths.CosignedCheckpoint);
        context.Evidence.Delete(EvidencePaths.LogConsistency);
        var cosigned = head with { Signatures = [] };
        if (context.Options.LogSm2Key is { } reference)
        {
            using var sm2 = signers.Open(reference, KeyAlgorithm.Sm2);
            cosigned = cosigned.Cosign(head.Name + "+sm2", sm2);
        }

        // Only a v2 checkpoint may carry more lines than the log's own.
        cosigned = cosigned with { Signatures = [.. cosigned.Signatures, .. cosignatures] };
        var isApart = log.Api == LogApi.V1 && cosigned.Signatures.Count > 0;
        var kept = isApart ? head : head with { Signatures = [.. head.Signatures, .. cosigned.Signatures] };
        context.Evidence.Write(EvidencePaths.Checkpoint, kept.ToBytes());
        if (isApart)
        {
            context.Evidence.Write(EvidencePaths.CosignedCheckpoint, cosigned.ToBytes());
        }

        if (proofs.Count > 0)
        {
            context.Evidence.WriteLines(EvidencePaths.LogConsistency, proofs);
        }

        context.Evidence.Write(LogRecord.FileName,
            new LogRecord(log.Kind, head.Origin, log.Key.Id, log.Key.PublicKey, log.Genesis, log.Created).ToJson());
    }
}
