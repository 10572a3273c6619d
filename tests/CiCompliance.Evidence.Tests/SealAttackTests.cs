using CiCompliance.Attestations;
using CiCompliance.Signing;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Evidence.Tests;

/// <summary>Steps 4 to 6: the seal's signatures, the log, and time.</summary>
public sealed class SealAttackTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;
    private static ForgeKeys Keys => EvidenceForge.Shared.Keys;
    private Forgery forgery = null!;

    [SetUp]
    public void SetUp() => forgery = new Forgery();

    [TearDown]
    public void TearDown() => forgery.Dispose();

    [Test]
    public void Seal_WhenSm2IsByAnUntrustedKey_IsRefused() => forgery.Reseal(sm2: Keys.Stranger).ShouldBeRefused("CIC2226", EvidencePaths.ManifestSm2);

    [Test]
    public void Seal_WhenSm2IsByTheP256Key_IsRefused() => forgery.Reseal(sm2: Keys.P256).ShouldBeRefused("CIC2226", EvidencePaths.ManifestSm2);

    [Test]
    public void Seal_WhenSm2IsByTheCommitter_IsRefused() => forgery.Reseal(sm2: Keys.Committer).ShouldBeRefused("CIC2226", EvidencePaths.ManifestSm2);

    [Test]
    public void Seal_WhenP256IsByAnUntrustedKey_IsRefused() => forgery.Reseal(p256: Keys.OtherP256).ShouldBeRefused("CIC2102", EvidencePaths.ManifestSigstore);

    [Test]
    public void Seal_WhenAStrangerSignsUnderTheTrustedId_IsRefused() => forgery.Reseal(envelope: good =>
    {
        var forged = forgery.Envelope(good.PayloadType, good.Payload, Keys.Stranger);
        return forged with { Signatures = [forged.Signatures[0] with { KeyId = good.Signatures[0].KeyId }] };
    }).ShouldBeRefused("CIC2225", EvidencePaths.ManifestSm2);

    [TestCase(KeyAlgorithm.EcdsaP256)]
    [TestCase(KeyAlgorithm.Ed25519)]
    public void Seal_WhenTheTrustStoreNamesAnotherAlgorithm_IsRefused(KeyAlgorithm algorithm)
    {
        forgery.ChangeKey(Keys.Sm2, key => key with { Algorithm = algorithm });
        forgery.ShouldBeRefused("CIC2226", EvidencePaths.ManifestSm2);
    }

    [TestCase(KeyRole.Committer)]
    [TestCase(KeyRole.Witness)]
    [TestCase(KeyRole.EvidenceP256)]
    public void Seal_WhenTheTrustStoreGivesTheKeyAnotherRole_IsRefused(KeyRole role)
    {
        forgery.ChangeKey(Keys.Sm2, key => key with { Role = role });
        forgery.ShouldBeRefused("CIC2226", EvidencePaths.ManifestSm2);
    }

    [Test]
    public void Seal_WhenTheKeyIsTrustedForAnotherRepositoryOnly_IsRefused()
    {
        forgery.ChangeKey(Keys.Sm2, key => key with { Repositories = ["example.test/other"] });
        forgery.ShouldBeRefused("CIC2226", EvidencePaths.ManifestSm2);
    }

    [Test]
    public void Seal_WhenTwoSignaturesStandInIt_IsRefused() => forgery.Reseal(envelope: good => good with
    {
        Signatures = [.. good.Signatures, .. forgery.Envelope(good.PayloadType, good.Payload, Keys.Stranger).Signatures],
    }).ShouldBeRefused("CIC2225", EvidencePaths.ManifestSm2);

    [Test]
    public void Seal_WhenNoSignatureStandsInIt_IsRefused() =>
        forgery.Reseal(envelope: good => good with { Signatures = [] }).ShouldBeRefused("CIC2225", EvidencePaths.ManifestSm2);

    [Test]
    public void Seal_WhenItsPayloadIsAnother_IsRefused() =>
        forgery.Reseal(envelope: good => forgery.Envelope(good.PayloadType, [.. good.Payload, (byte)' '])).ShouldBeRefused("CIC2225", EvidencePaths.ManifestSm2);

    [Test]
    public void Seal_WhenItsPayloadTypeIsAnother_IsRefused() =>
        forgery.Reseal(envelope: good => forgery.Envelope(DsseEnvelope.InTotoPayloadType, good.Payload)).ShouldBeRefused("CIC2225", EvidencePaths.ManifestSm2);

    [Test]
    public void Seal_WhenItsStatementIsAnAttestation_IsRefused()
    {
        forgery.Write(EvidencePaths.ManifestSigstore, forgery.Read(EvidencePaths.SigstoreBundle(forgery.Output, "source")));
        forgery.ShouldBeRefused("CIC2225", EvidencePaths.ManifestSigstore);
    }

    [Test]
    public void Seal_WhenOnlyTheManifestIsSignedAgain_IsRefused()
    {
        // Without the P-256 key: the logged statement still names the old manifest and envelope.
        var logged = forgery.Read(EvidencePaths.ManifestSigstore);
        forgery.Write(EvidencePaths.Summary, "forged");
        forgery.Reseal();
        forgery.Write(EvidencePaths.ManifestSigstore, logged);
        forgery.ShouldBeRefused("CIC2225", EvidencePaths.ManifestSigstore);
    }

    [Test]
    public void Seal_WhenADemonstrationIsNotAllowed_IsRefused() =>
        Demonstration().ShouldBeRefused("CIC2229", EvidencePaths.Manifest);

    [Test]
    public void Seal_WhenADemonstrationPosesAsProduction_IsRefused()
    {
        Demonstration();
        forgery.Reseal(manifest => manifest with { Run = manifest.Run with { Mode = RunMode.Production } }).ShouldBeRefused("CIC2242");
    }

    [Test]
    public void Seal_WhenADemonstrationIsAllowed_Passes()
    {
        Demonstration();
        forgery.Expected = forgery.Expected with { AllowDemonstration = true };
        forgery.ShouldPass();
    }

    [Test]
    public void Seal_WhenTheModeIsUnspecified_IsRefused()
    {
        forgery.Expected = forgery.Expected with { AllowDemonstration = true };
        forgery.Reseal(manifest => manifest with { Run = manifest.Run with { Mode = RunMode.Unspecified } }).ShouldBeRefused("CIC2229");
    }

    [Test]
    public void Log_WhenTheSealIsInAnUntrustedOne_IsRefused()
    {
        forgery.Log = EvidenceForge.Shared.OtherLogFolder;
        forgery.Reseal().ShouldBeRefused("CIC2106", EvidencePaths.ManifestSigstore);
    }

    [Test]
    public void Log_WhenTheSealIsInAnotherTrustedOne_IsRefused()
    {
        forgery.Trust = forgery.Trust with { Keys = [.. forgery.Trust.Keys, Keys.OtherLog.Trusted] };
        forgery.Log = EvidenceForge.Shared.OtherLogFolder;
        forgery.Reseal().ShouldBeRefused("CIC2230", EvidencePaths.ManifestSigstore);
    }

    [TestCase("time")]
    [TestCase("no-set")]
    [TestCase("index")]
    [TestCase("root")]
    [TestCase("hash")]
    [TestCase("other-entry")]
    [TestCase("no-entry")]
    public void Log_WhenTheSealsEntryIsChanged_IsRefused(string what)
    {
        var bundle = SigstoreBundle.Parse(forgery.Read(EvidencePaths.ManifestSigstore));
        var entry = bundle.Entry!;
        var proof = entry.Proof!;
        entry = what switch
        {
            "time" => entry with { IntegratedTime = entry.IntegratedTime - 86400 },
            "no-set" => entry with { SignedEntryTimestamp = null },
            "index" => entry with { Index = entry.Index - 1 },
            "root" => entry with { Proof = proof with { Root = new byte[32] } },
            "hash" => entry with { Proof = proof with { Hashes = [new byte[32], .. proof.Hashes.Skip(1)] } },
            "other-entry" => SigstoreBundle.Parse(forgery.Read(EvidencePaths.SigstoreBundle(forgery.Output, "source"))).Entry,
            _ => null,
        };
        forgery.Write(EvidencePaths.ManifestSigstore, (bundle with { Entry = entry }).ToJson());
        var report = forgery.Verify();
        report.Verdict.ShouldBe(Verdict.Fail);
        report.Findings.ShouldContain(finding => finding.Origin == EvidencePaths.ManifestSigstore);
    }

    [Test]
    public void Checkpoint_WhenItIsAnotherLogs_IsRefused()
    {
        var kept = Checkpoint.Parse(forgery.Read(EvidencePaths.Checkpoint));
        forgery.Write(EvidencePaths.Checkpoint, Checkpoint.Sign(kept.Origin, kept.Size, kept.Root, Keys.OtherLog.Signer).ToBytes());
        forgery.Reseal().ShouldBeRefused("CIC2230", EvidencePaths.Checkpoint);
    }

    [Test]
    public void Checkpoint_WhenTheKeptOneIsForkedFromTheSeals_IsRefused()
    {
        // Same log key, other history: the seal's proof is at this size too.
        forgery.Reseal();
        var seal = SigstoreBundle.Parse(forgery.Read(EvidencePaths.ManifestSigstore)).Entry!.Proof!;
        var sealedHead = Checkpoint.Parse(seal.Checkpoint);
        forgery.Expected = forgery.Expected with { Checkpoint = Checkpoint.Sign(sealedHead.Origin, sealedHead.Size, new byte[32], Keys.Log.Signer).ToBytes() };
        forgery.ShouldBeRefused("CIC2231");
    }

    [Test]
    public void Checkpoint_WhenSeenBeforeAndOfAnotherSize_NeedsARightProof()
    {
        var seen = Checkpoint.Parse(forgery.Read(EvidencePaths.Checkpoint));
        var head = Checkpoint.Parse(SigstoreBundle.Parse(forgery.Read(EvidencePaths.ManifestSigstore)).Entry!.Proof!.Checkpoint);
        head.Size.ShouldBeGreaterThan(seen.Size);
        var without = forgery.Expected = forgery.Expected with { Checkpoint = seen.ToBytes() };
        forgery.ShouldBeUndecided("CIC2232");

        using var log = LogStore.Open(EvidenceForge.Shared.LogFolder, null, EvidenceForge.Shared.Signatures, TimeProvider.System);
        var hashes = log.ConsistencyProof(seen.Size, head.Size);
        forgery.Expected = without with { ConsistencyProof = new ConsistencyProof(seen.Size, head.Size, hashes).ToJson() };
        forgery.ShouldPass();
        forgery.Expected = without with { ConsistencyProof = new ConsistencyProof(seen.Size, head.Size, [.. hashes.Select(_ => new byte[32])]).ToJson() };
        forgery.ShouldBeRefused("CIC2231");
        forgery.Expected = without with { ConsistencyProof = new ConsistencyProof(seen.Size, head.Size + 1, hashes).ToJson() };
        forgery.ShouldBeUndecided("CIC2232");
        forgery.Expected = without with { Checkpoint = Checkpoint.Sign(seen.Origin, seen.Size, new byte[32], Keys.Log.Signer).ToBytes(), ConsistencyProof = new ConsistencyProof(seen.Size, head.Size, hashes).ToJson() };
        forgery.ShouldBeRefused("CIC2231");
    }

    [Test]
    public void Witnesses_WhenFewerThanExpected_AreRefused()
    {
        // The log's own SM2 line alone is nobody else's word.
        forgery.Expected = forgery.Expected with { Witnesses = 1 };
        forgery.ShouldBeRefused("CIC2233", EvidencePaths.CosignedCheckpoint);
        var cosigned = Checkpoint.Parse(forgery.Read(EvidencePaths.CosignedCheckpoint));
        forgery.Write(EvidencePaths.CosignedCheckpoint, cosigned.Cosign(Keys.Witness.Trusted.Name, Keys.Witness.Signer).ToBytes());
        forgery.Assess().Reseal().ShouldPass().Rows.Select(row => row.Id).ShouldContain("log.sm2");
        forgery.Expected = forgery.Expected with { Witnesses = 2 };
        forgery.ShouldBeRefused("CIC2233", EvidencePaths.CosignedCheckpoint);
    }

    [Test]
    public void Witnesses_WhenOneSignsTwice_DoNotCount()
    {
        var cosigned = Checkpoint.Parse(forgery.Read(EvidencePaths.CosignedCheckpoint));
        forgery.Write(EvidencePaths.CosignedCheckpoint,
            cosigned.Cosign(Keys.Witness.Trusted.Name, Keys.Witness.Signer).Cosign(Keys.Witness.Trusted.Name, Keys.Witness.Signer).ToBytes());
        forgery.Expected = forgery.Expected with { Witnesses = 1 };
        forgery.Reseal().ShouldBeRefused("CIC2233", EvidencePaths.CosignedCheckpoint);
    }

    [Test]
    public void Witnesses_WhenTheFileIsMissing_AreRefused()
    {
        File.Delete(forgery.PathOf(EvidencePaths.CosignedCheckpoint));
        forgery.Expected = forgery.Expected with { Witnesses = 1 };
        forgery.Assess().Reseal().ShouldBeRefused("CIC2220", EvidencePaths.CosignedCheckpoint);
    }

    [TestCase("sm2")]
    [TestCase("p256")]
    [TestCase("log")]
    public void Time_WhenAKeyHasExpiredAndNobodyIndependentSaysWhen_IsUndecided(string which)
    {
        var key = KeyOf(which);
        forgery.ChangeKey(key, trusted => trusted with { ValidUntil = Now.AddDays(-1) });
        forgery.ShouldBeUndecided("CIC2235");
    }

    [TestCase("sm2")]
    [TestCase("p256")]
    [TestCase("log")]
    public void Time_WhenAnIndependentLogSaysItWasBeforeTheEnd_Passes(string which)
    {
        Independent();
        forgery.ChangeKey(KeyOf(which), trusted => trusted with { ValidUntil = IntegratedTime });
        forgery.ShouldPass();
    }

    [TestCase("sm2")]
    [TestCase("p256")]
    [TestCase("log")]
    public void Time_WhenAnIndependentLogSaysItWasAfterTheEnd_IsRefused(string which)
    {
        Independent();
        forgery.ChangeKey(KeyOf(which), trusted => trusted with { ValidUntil = Now.AddDays(-1) });
        forgery.ShouldBeRefused("CIC2227");
    }

    [TestCase("sm2")]
    [TestCase("p256")]
    [TestCase("log")]
    public void Time_WhenAKeyIsNotYetValid_IsRefused(string which)
    {
        forgery.ChangeKey(KeyOf(which), trusted => trusted with { ValidFrom = Now.AddDays(1) });
        forgery.ShouldBeRefused("CIC2227");
    }

    [TestCase("sm2")]
    [TestCase("p256")]
    [TestCase("log")]
    public void Time_WhenAKeyIsCompromised_IsRefused(string which)
    {
        forgery.ChangeKey(KeyOf(which), trusted => trusted with { Revocation = new(RevocationReason.Compromised, Now.AddDays(1)) });
        forgery.ShouldBeRefused("CIC2228");
    }

    [TestCase("sm2")]
    [TestCase("p256")]
    public void Time_WhenAnIndependentLogSaysItWasBeforeTheCompromise_Passes(string which)
    {
        Independent();
        forgery.ChangeKey(KeyOf(which), trusted => trusted with { Revocation = new(RevocationReason.Compromised, IntegratedTime.AddSeconds(1)) });
        forgery.ShouldPass();
    }

    [Test]
    public void Time_WhenTheCompromisedKeyIsTheLogsOwn_ItsOwnWordIsNoProof()
    {
        // Whoever has the log's key writes any time into the entry.
        Independent();
        forgery.ChangeKey(Keys.Log, trusted => trusted with { Revocation = new(RevocationReason.Compromised, Now.AddDays(1)) });
        forgery.ShouldBeRefused("CIC2228");
    }

    [TestCase("sm2")]
    [TestCase("p256")]
    public void Time_WhenAKeyWasRetired_IsUndecidedUnlessProvedEarlier(string which)
    {
        forgery.ChangeKey(KeyOf(which), trusted => trusted with { Revocation = new(RevocationReason.Retired, IntegratedTime.AddSeconds(1)) });
        forgery.ShouldBeUndecided("CIC2235");
        Independent();
        forgery.ShouldPass();
        forgery.ChangeKey(KeyOf(which), trusted => trusted with { Revocation = new(RevocationReason.Retired, IntegratedTime.AddDays(-1)) });
        forgery.ShouldBeRefused("CIC2228");
    }

    private DateTimeOffset IntegratedTime =>
        DateTimeOffset.FromUnixTimeSeconds(SigstoreBundle.Parse(forgery.Read(EvidencePaths.ManifestSigstore)).Entry!.IntegratedTime!.Value);

    private void Independent() => forgery.ChangeKey(Keys.Log, key => key with { Independent = true });

    private ForgeKey KeyOf(string which) => which switch
    {
        "sm2" => Keys.Sm2,
        "p256" => Keys.P256,
        _ => Keys.Log,
    };

    private Forgery Demonstration()
    {
        forgery.Edit(EvidencePaths.Evidence, record => record["run"]!["mode"] = "demonstration");
        return forgery.ResignAll(run =>
        {
            run["mode"] = "demonstration";
            return run;
        }).Assess().Reseal(manifest => manifest with { Run = manifest.Run with { Mode = RunMode.Demonstration } });
    }
}
