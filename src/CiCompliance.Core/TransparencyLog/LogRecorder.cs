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
        var proposed = bundles.Select(bundle => Verified(bundle with { Entry = null }, isLogged: false).ToEntry(SignerOf(bundle).PublicKey)).ToList();
        var entries = await log.AppendAsync(proposed, cancellationToken);
        return [.. bundles.Select((bundle, i) => Verified(bundle with { Entry = entries[i] }, isLogged: true))];
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
            bundle.ToJson(), new BundleExpectation([SignerOf(bundle)], [log.Key]) { RequireLog = isLogged }, log.Key.Name);
        return assessment.Verdict == Verdict.Pass
            ? bundle
            : throw new CiComplianceException(LogDiagnostics.RecordedBadly, log.Key.Name,
                new($"what is to be recorded does not verify: {assessment.Findings[0].What.En}", $"待记录内容验证失败:{assessment.Findings[0].What.Zh}"),
                new("Sign again with cicompliance sign and record again", "请用 cicompliance sign 重新签名后再记录"));
    }
}
