using CiCompliance.Attestations;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Evidence.Tests;

/// <summary>What somebody who owns the runner or the log's key could do about time stamps.</summary>
public sealed class TimestampAttackTests
{
    [Test]
    public void SealLoggedAfterTheLogsKeyWasCompromised_DoesNotCount_WhateverTheStampSays()
    {
        using var tsa = new OpensslTsa("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384");
        using var forge = new EvidenceForge($"{{ kind: persistent, path: LOG, timestamp-authority: \"{tsa.Url}\" }}", more: [tsa.Trusted(KeyAlgorithm.EcdsaP384)]);
        Thread.Sleep(1500);
        var compromised = DateTimeOffset.UtcNow;
        Thread.Sleep(1500);

        // Whoever holds the log's key since puts the seal into it only now.
        var path = Path.Combine(forge.Evidence, EvidencePaths.ManifestSigstore);
        var bundle = SigstoreBundle.Parse(File.ReadAllBytes(path));
        var logged = forge.Append(forge.LogFolder, bundle.ToEntry(forge.Keys.P256.Signer.PublicKey));
        File.WriteAllBytes(path, (bundle with { Entry = logged }).ToJson());
        var kept = Checkpoint.Parse(File.ReadAllBytes(Path.Combine(forge.Evidence, EvidencePaths.Checkpoint)));
        using (var log = LogStore.Open(forge.LogFolder, null, forge.Signatures, TimeProvider.System))
        {
            var proof = new ConsistencyProof(kept.Size, log.Checkpoint.Size, log.ConsistencyProof(kept.Size, log.Checkpoint.Size));
            File.WriteAllBytes(Path.Combine(forge.Evidence, EvidencePaths.SealConsistency), proof.ToJson());
        }

        var trust = forge.Trust with
        {
            Keys = [.. forge.Trust.Keys.Select(key => key.Role == KeyRole.Log ? key with { Revocation = new(RevocationReason.Compromised, compromised) } : key)],
        };
        var report = new EvidenceVerifier(new VerificationServices(forge.Signatures, forge.Objects, forge.Digests, new CiCompliance.Cryptography.TimestampTokens()), TimeProvider.System)
            .Verify(forge.Evidence, trust, forge.TrustFile, new Expectation(EvidenceForge.Repository, forge.Commit, null), CancellationToken.None);
        report.Verdict.ShouldNotBe(Verdict.Pass);
    }

    [Test]
    public void SealWithAnotherStampOrNone_OfARunWhosePolicyNamesAnAuthority()
    {
        using var tsa = new OpensslTsa("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384");
        using var forge = new EvidenceForge($"{{ kind: persistent, path: LOG, timestamp-authority: \"{tsa.Url}\" }}", more: [tsa.Trusted(KeyAlgorithm.EcdsaP384)]);
        var path = Path.Combine(forge.Evidence, EvidencePaths.ManifestSigstore);
        var bundle = SigstoreBundle.Parse(File.ReadAllBytes(path));
        var other = Directory.GetFiles(Path.Combine(forge.Evidence, EvidencePaths.Attestations), "*.sigstore.json").Select(file => SigstoreBundle.Parse(File.ReadAllBytes(file))).First();

        File.WriteAllBytes(path, (bundle with { Timestamps = other.Timestamps }).ToJson());
        forge.Verify().Findings.ShouldHaveSingleItem().Diagnostic.ShouldBe(VerificationDiagnostics.Timestamp);
        File.WriteAllBytes(path, (bundle with { Timestamps = [] }).ToJson());
        forge.Verify(new Expectation(EvidenceForge.Repository, forge.Commit, null) { Policy = forge.Policy }).Verdict.ShouldNotBe(Verdict.Pass, "by the auditor's policy");
        forge.Verify().Verdict.ShouldNotBe(Verdict.Pass, "by the policy that the run says it applied");
    }
}
