using CiCompliance.Attestations;
using CiCompliance.Evidence;
using CiCompliance.Keys;
using CiCompliance.Pipeline;
using CiCompliance.Signing;

namespace CiCompliance.TransparencyLog;

/// <summary>
/// Logs every P-256 bundle of <c>attestations/</c>, puts entry and proofs into it, and verifies it as an auditor will. Can run again: what
/// is signed stays, entries are made anew.
/// </summary>
public sealed class RecordStage(ITransparencyLogFactory logs, ISignerFactory signers, ISignatureVerifier verifier) : IStage
{
    private const string Suffix = ".sigstore.json";

    public string Name => "record";

    public async Task<StageResult> RunAsync(StageContext context, CancellationToken cancellationToken)
    {
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

        using var log = logs.Open(context);
        var recorder = new LogRecorder(log, SignerKeys(context, bundles), verifier);
        context.Progress.Report(new($"recording {names.Count} entries", $"正在记录 {names.Count} 个条目"));
        var recorded = await recorder.RecordAsync(bundles, cancellationToken);
        for (var i = 0; i < names.Count; i++)
        {
            context.Evidence.Write(names[i], recorded[i].ToJson());
        }

        var head = WriteLog(context, log, recorded);
        await CosignAsync(context, log, head, cancellationToken);
        await ConnectAsync(context, recorder, recorded, head, cancellationToken);
        return new StageResult(Name,
            [new Check("record.entries", Verdict.Pass, new(
                $"{names.Count} entries in {head.Origin}, {head.Size} entries long", $"{names.Count} 个条目已记录于 {head.Origin}(共 {head.Size} 条)"))], []);
    }

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
        if (bundle.Content is not BundleContent.Dsse dsse || !dsse.Payload.AsSpan().SequenceEqual(envelope.Payload))
        {
            throw new CiComplianceException(LogDiagnostics.RecordedBadly, name,
                new("its SM2 envelope is over other bytes", "其 SM2 信封的内容不同"), new("Sign again with cicompliance sign", "请用 cicompliance sign 重新签名"));
        }
    }

    /// <summary>An external log gives every entry its own checkpoint: each is led to the one that is kept and that witnesses sign.</summary>
    private static async Task ConnectAsync(
        StageContext context, LogRecorder recorder, IReadOnlyList<SigstoreBundle> recorded, Checkpoint head, CancellationToken cancellationToken)
    {
        context.Evidence.Delete(EvidencePaths.LogConsistency);
        var proofs = new List<byte[]>();
        foreach (var older in recorded.Select(CheckpointOf).Where(older => !older.Body.AsSpan().SequenceEqual(head.Body))
            .DistinctBy(older => (older.Size, Convert.ToBase64String(older.Root))).OrderBy(older => older.Size))
        {
            proofs.Add((await recorder.ConnectAsync(older, head, cancellationToken)).ToJson());
        }

        if (proofs.Count > 0)
        {
            context.Evidence.WriteLines(EvidencePaths.LogConsistency, proofs);
        }
    }

    /// <summary>Asks the policy's witnesses for the checkpoint that is kept.</summary>
    private async Task CosignAsync(StageContext context, ITransparencyLog log, Checkpoint head, CancellationToken cancellationToken)
    {
        if (context.Policy.Log.Witnesses.Count == 0)
        {
            return;
        }

        context.Progress.Report(new($"asking {context.Policy.Log.Witnesses.Count} witnesses", $"正在请求 {context.Policy.Log.Witnesses.Count} 个见证方联署"));
        var own = context.Evidence.Exists(EvidencePaths.CosignedCheckpoint)
            ? context.Evidence.Read(EvidencePaths.CosignedCheckpoint, Checkpoint.MaxBytes, bytes => Checkpoint.Parse(bytes))
            : head with { Signatures = [] };
        var now = context.Clock.GetUtcNow();
        var trusted = context.Trust.With(KeyRole.Witness, context.Policy.Repository).Where(key => key.Revocation is null && key.IsValidAt(now)).ToList();
        var cosigned = await new WitnessRound(new(context.Policy.Log.Cosignatures, trusted), verifier).CosignAsync(
            context.Policy.Log.Witnesses, context.Clock, head, own,
            (from, token) => log.ConsistencyAsync(head with { Size = from }, head, token), cancellationToken);
        context.Evidence.Write(EvidencePaths.CosignedCheckpoint, cosigned.ToBytes());
    }

    private static Checkpoint CheckpointOf(SigstoreBundle bundle) => Checkpoint.Parse(bundle.Entry!.Proof!.Checkpoint);

    private Checkpoint WriteLog(StageContext context, ITransparencyLog log, IReadOnlyList<SigstoreBundle> recorded)
    {
        var head = recorded.Select(CheckpointOf).MaxBy(checkpoint => checkpoint.Size)!;
        context.Evidence.Write(EvidencePaths.Checkpoint, head.ToBytes());
        context.Evidence.Delete(EvidencePaths.CosignedCheckpoint);
        if (context.Options.LogSm2Key is { } reference)
        {
            using var sm2 = signers.Open(reference, KeyAlgorithm.Sm2);
            context.Evidence.Write(EvidencePaths.CosignedCheckpoint, (head with { Signatures = [] }).Cosign(head.Name + "+sm2", sm2).ToBytes());
        }

        context.Evidence.Write(LogRecord.FileName,
            new LogRecord(log.Kind, head.Origin, log.Key.Id, log.Key.PublicKey, log.Genesis, log.Created).ToJson());
        return head;
    }
}
