using CiCompliance.Attestations;
using CiCompliance.Digests;
using CiCompliance.Keys;
using CiCompliance.Pipeline;
using CiCompliance.Policy;
using CiCompliance.Signing;
using CiCompliance.Sigstore;
using CiCompliance.Timestamping;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Evidence;

/// <summary>
/// Closes the folder: a manifest of every file, signed with SM2; then a logged P-256 statement over the manifest and that envelope, so that
/// the log anchors the SM2 signatures too.
/// </summary>
public sealed class SealStage(
    ISignerFactory signers, ISignatureVerifier verifier, IDigestCalculator digests, ITransparencyLogFactory logs, ITimestampTokens timestamps) : IStage
{
    public string Name => "seal";

    public async Task<StageResult> RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        var folder = context.Evidence;
        var (sm2Key, p256Key) = (Require(context.Options.Sm2Key, "--sm2-key"), Require(context.Options.P256Key, "--p256-key"));
        if (folder.Exists(EvidencePaths.Pending))
        {
            throw new CiComplianceException(EvidenceDiagnostics.Unfinished, EvidencePaths.Pending,
                new("it waits to be recorded", "证据尚待记录"), new("Run cicompliance record --resume first", "请先运行 cicompliance record --resume"));
        }

        RemoveEarlierSeal(folder);
        context.Progress.Report(new("digesting the evidence", "正在计算证据摘要"));
        var files = FolderFiles.Digest(folder, _ => true, digests, cancellationToken);
        using var log = logs.Open(context);
        using var sm2 = signers.Open(sm2Key, KeyAlgorithm.Sm2);
        using var p256 = signers.Open(p256Key, KeyAlgorithm.EcdsaP256);

        var kept = folder.Read(EvidencePaths.Checkpoint, Checkpoint.MaxBytes, bytes => Checkpoint.Parse(bytes));
        var manifest = new Manifest(Manifest.CurrentVersion, context.Run.Identity, new(log.Kind, kept.Origin, log.Key.Id), files).ToJson();
        var envelope = Sign(sm2, manifest).ToJson();
        var statement = SealPredicate.ToStatement(context.Run.Identity, log.Kind,
            new(EvidencePaths.Manifest, digests.Compute(manifest)), new(EvidencePaths.ManifestSm2, digests.Compute(envelope))).ToJson();
        var signature = p256.Sign(DsseEnvelope.PreAuthenticationEncoding(DsseEnvelope.InTotoPayloadType, statement));
        var bundle = SigstoreBundle.ForDsse(DsseEnvelope.InTotoPayloadType, statement, signature, p256.PublicKey);
        var signer = new TrustedKey(p256.KeyId, "--p256-key", KeyRole.EvidenceP256, KeyAlgorithm.EcdsaP256, p256.PublicKey, []);
        var recorder = new LogRecorder(log, [signer], verifier);
        var stamped = await new TimestampRound(timestamps).StampAsync(context, [bundle], cancellationToken);
        var recorded = await recorder.RecordAsync(stamped, cancellationToken);
        var grown = await recorder.ConnectAsync(kept, Checkpoint.Parse(recorded[0].Entry!.Proof!.Checkpoint), cancellationToken);

        // The manifest last: a folder without one was not sealed, whatever else is there.
        folder.Write(EvidencePaths.ManifestSm2, envelope);
        folder.Write(EvidencePaths.ManifestSigstore, recorded[0].ToJson());
        folder.Write(EvidencePaths.SealConsistency, grown.ToJson());
        folder.Write(EvidencePaths.Manifest, manifest);
        return new StageResult(Name,
            [new Check("seal.files", Verdict.Pass, new($"{files.Count} files sealed, entry {recorded[0].Entry!.Index} of the log", $"已封存 {files.Count} 个文件,日志第 {recorded[0].Entry!.Index} 条"))], []);
    }

    private static DsseEnvelope Sign(ISigner signer, byte[] manifest) => new(manifest, DsseEnvelope.ManifestPayloadType,
        [new(signer.KeyId, signer.Sign(DsseEnvelope.PreAuthenticationEncoding(DsseEnvelope.ManifestPayloadType, manifest)), signer.CertificateChain)]);

    private static void RemoveEarlierSeal(EvidenceFolder folder)
    {
        foreach (var name in new[] { EvidencePaths.Manifest, EvidencePaths.ManifestSigstore, EvidencePaths.ManifestSm2, EvidencePaths.SealConsistency })
        {
            folder.Delete(name);
        }
    }

    private static KeyReference Require(KeyReference? key, string option) => key
        ?? throw new CiComplianceException(EvidenceDiagnostics.KeyNotGiven, option,
            new("the seal needs this key", "封存需要该密钥"),
            new($"Give it as {option} FILE or {option} fd:N", $"请用 {option} 文件 或 {option} fd:N 提供"));
}
