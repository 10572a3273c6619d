using CiCompliance.Attestations;
using CiCompliance.Keys;

namespace CiCompliance.TransparencyLog;

/// <summary>Logs bundles and gives them back with their entries, each verified as an auditor will verify it.</summary>
/// <param name="signers">The keys that signed them.</param>
public sealed class LogRecorder(ITransparencyLog log, IReadOnlyList<TrustedKey> signers, ISignatureVerifier verifier)
{
    /// <exception cref="CiComplianceException">The log failed, a signer's key is unknown (CIC4016) or is the log's (CIC4005), or a result does not verify (CIC4015).</exception>
    public async Task<IReadOnlyList<SigstoreBundle>> RecordAsync(IReadOnlyList<SigstoreBundle> bundles, CancellationToken cancellationToken)
    {
        // What doesn't verify must not get into a log: nothing is ever taken out of one.
        var proposed = bundles.Select(bundle => Verified(bundle with { Entry = null }, isLogged: false).ToEntry(SignerOf(bundle).PublicKey, log.Api)).ToList();
        var entries = await log.AppendAsync(proposed, cancellationToken);
        return [.. bundles.Select((bundle, i) => Verified(bundle with { Entry = entries[i] }, isLogged: true))];
    }

    /// <summary>The proof that the log only grew from one of its checkpoints to another, verified as an auditor will verify it.</summary>
    /// <exception cref="CiComplianceException">It did not, or shows another tree (CIC4015); or the log gave no answer.</exception>
    public async Task<ConsistencyProof> ConnectAsync(Checkpoint older, Checkpoint newer, CancellationToken cancellationToken)
    {
        if (older.Origin == newer.Origin && older.Size > 0 && older.Size < newer.Size && older.IsOf(log.Key, verifier) && newer.IsOf(log.Key, verifier))
        {
            var proof = new ConsistencyProof(older.Size, newer.Size, await log.ConsistencyAsync(older, newer, cancellationToken));
            if (proof.Connects(older, newer))
            {
                return proof;
            }
        }

        throw new CiComplianceException(LogDiagnostics.RecordedBadly, log.Key.Name,
            new($"its tree of {newer.Size} entries does not continue the checkpoint of {older.Size} entries that it gave before",
                $"其 {newer.Size} 条的树不是此前所给 {older.Size} 条检查点的延续"),
            new("If the log was changed or restored since, run cicompliance record again; else keep both checkpoints and ask its operator",
                "若其间更换或恢复过日志,请重新运行 cicompliance record;否则请保留两个检查点并询问日志运营方"));
    }

    private TrustedKey SignerOf(SigstoreBundle bundle)
    {
        if (bundle.KeyHint == SigstoreBundle.HintOf(log.Key.PublicKey))
        {
            throw LogErrors.SigningKey(log.Key.Name);
        }

        return signers.FirstOrDefault(key => SigstoreBundle.HintOf(key.PublicKey) == bundle.KeyHint)
            ?? throw new CiComplianceException(LogDiagnostics.NoSigner, bundle.KeyHint,
                new("the key that signed a bundle is not in the trust store", "签署 bundle 的密钥不在信任库中"),
                new("Add it with cicompliance trust import --role evidence-p256, or give --p256-key", "请用 cicompliance trust import --role evidence-p256 添加,或提供 --p256-key"));
    }

    private SigstoreBundle Verified(SigstoreBundle bundle, bool isLogged)
    {
        var assessment = new BundleVerifier(verifier).Verify(
            bundle.ToJson(), new BundleExpectation([SignerOf(bundle)], [log.Key]) { RequireLog = isLogged, TakesRekorV2 = true }, log.Key.Name);
        return assessment.Verdict == Verdict.Pass
            ? bundle
            : throw new CiComplianceException(LogDiagnostics.RecordedBadly, log.Key.Name,
                new($"what is to be recorded does not verify: {assessment.Findings[0].What.En}", $"待记录内容验证失败:{assessment.Findings[0].What.Zh}"),
                new("Sign again with cicompliance sign and record again", "请用 cicompliance sign 重新签名后再记录"));
    }
}
