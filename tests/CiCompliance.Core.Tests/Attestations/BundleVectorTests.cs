using System.Security.Cryptography;
using CiCompliance.Attestations;
using CiCompliance.Diagnostics;
using CiCompliance.Keys;
using CiCompliance.Testing;

namespace CiCompliance.Core.Tests.Attestations;

public sealed class BundleVectorTests
{
    private static readonly BundleVerifier Verifier = new(new EcdsaTestVerifier());

    [TestCase("t3.bundle", "t3", 2)]
    [TestCase("c3v1.bundle", "c3v1", 6)]
    [TestCase("real.bundle", "real", 0)]
    [TestCase("real2.bundle", "real2", 7)]
    [TestCase("att.c2new.bundle", "app", 11)]
    [TestCase("att.c3v1.bundle", "c3v1", 7)]
    [TestCase("att.real.bundle", "real", 1)]
    public void Verify_WhenRealToolsMadeIt_Passes(string bundle, string artifact, long index)
    {
        var assessment = Verify(bundle, artifact);

        assessment.Findings.ShouldBeEmpty();
        assessment.Verdict.ShouldBe(Verdict.Pass);
        assessment.Log!.Index.ShouldBe(index);
        assessment.Log.IntegratedTime!.Value.Year.ShouldBe(2026);
        assessment.Log.Checkpoint.Size.ShouldBeGreaterThan(index);
        assessment.Log.Checkpoint.Name.ShouldBe("rekor.local");
        assessment.Signer.ShouldBe(SigstoreVectors.Signer, new KeyById());
    }

    [TestCase("neg-badset.bundle", "t3", "CIC2108")]
    [TestCase("neg-badtime.bundle", "t3", "CIC2108")]
    [TestCase("neg-badhash.bundle", "t3", "CIC2110")]
    [TestCase("neg-badcp.bundle", "t3", "CIC2111")]
    [TestCase("neg-noproof.bundle", "t3", "CIC2110")]
    [TestCase("neg-noset.bundle", "t3", "CIC2109")]
    [TestCase("neg-otherentry.bundle", "t3", "CIC2107")]
    [TestCase("neg-att-payload.bundle", "c3v1", "CIC2103")]
    [TestCase("neg-twosig.bundle", "c3v1", "CIC2100")]
    [TestCase("neg-unknownfield.bundle", "c3v1", "CIC2100")]
    [TestCase("app.c2new.bundle", "app", "CIC2105")]
    [TestCase("app.c3.bundle", "app", "CIC2105")]
    public void Verify_WhenItMustBeRefused_FailsForThatReason(string bundle, string artifact, string code)
    {
        var assessment = Verify(bundle, artifact);

        assessment.Verdict.ShouldBe(Verdict.Fail);
        assessment.Findings.Select(finding => finding.Diagnostic.Code).ShouldContain(code);
        assessment.Log.ShouldBeNull();
    }

    [TestCase("t1.bundle", "app")]
    [TestCase("t2.bundle", "t2")]
    [TestCase("att.c2.bundle", "app")]
    [TestCase("app.c2old.bundle", "app")]
    public void Verify_WhenTheFormIsNotRead_IsUndecided(string bundle, string artifact)
    {
        var assessment = Verify(bundle, artifact);

        assessment.Verdict.ShouldBe(Verdict.Undecided);
        assessment.Findings.Select(finding => finding.Diagnostic).ShouldBe([BundleDiagnostics.Unsupported]);
    }

    [TestCase("app.c2new.bundle", "app", "signer.pub")]
    [TestCase("app.c3.bundle", "app", "signer.pub")]
    [TestCase("hand.bundle", "r1", "signer2.pub")]
    public void Verify_WhenNoLogIsAskedFor_TakesAnUnloggedBundle(string bundle, string artifact, string signer)
    {
        var expected = Expect(artifact) with { Signers = [SigstoreVectors.Key(signer, KeyRole.EvidenceP256, "signer")], RequireLog = false };

        var assessment = Verifier.Verify(SigstoreVectors.Bundle(bundle), expected, bundle);

        assessment.Verdict.ShouldBe(Verdict.Pass);
        assessment.Log.ShouldBeNull();
    }

    [TestCase("real.bundle", "t3", "CIC2104")]
    [TestCase("att.real.bundle", "t3", "CIC2104")]
    public void Verify_WhenTheArtefactIsAnother_Fails(string bundle, string artifact, string code) =>
        Verify(bundle, artifact).Findings.Select(finding => finding.Diagnostic.Code).ShouldBe([code]);

    [Test]
    public void Verify_WhenTheSignerIsAnother_Fails()
    {
        var expected = Expect("real") with { Signers = [SigstoreVectors.Key("signer2.pub", KeyRole.EvidenceP256, "other")] };

        Verifier.Verify(SigstoreVectors.Bundle("real.bundle"), expected, "b").Findings[0].Diagnostic.ShouldBe(BundleDiagnostics.UnknownSigner);
    }

    [Test]
    public void Verify_WhenTheLogIsAnother_Fails()
    {
        var expected = Expect("real") with { Logs = [SigstoreVectors.Key("signer2.pub", KeyRole.Log, "rekor.local")] };

        Verifier.Verify(SigstoreVectors.Bundle("real.bundle"), expected, "b").Findings.ShouldHaveSingleItem().Diagnostic.ShouldBe(BundleDiagnostics.UnknownLog);
    }

    [TestCase("other.host")]
    [TestCase("rekor.local - 1193050959916656506")]
    public void Verify_WhenTheLogKeyIsTrustedForAnotherOrigin_Fails(string origin)
    {
        var expected = Expect("real") with { Logs = [SigstoreVectors.Log with { Name = origin }] };

        Verifier.Verify(SigstoreVectors.Bundle("real.bundle"), expected, "b").Findings.ShouldHaveSingleItem().Diagnostic.ShouldBe(BundleDiagnostics.BadCheckpoint);
    }

    private static BundleAssessment Verify(string bundle, string artifact) =>
        Verifier.Verify(SigstoreVectors.Bundle(bundle), Expect(artifact), bundle);

    private static BundleExpectation Expect(string artifact) =>
        new([SigstoreVectors.Signer], [SigstoreVectors.Log]) { ArtifactSha256 = SHA256.HashData(SigstoreVectors.Artifact(artifact)) };

    private sealed class KeyById : IEqualityComparer<TrustedKey?>
    {
        public bool Equals(TrustedKey? x, TrustedKey? y) => x?.Id == y?.Id;

        public int GetHashCode(TrustedKey? key) => key?.Id.GetHashCode() ?? 0;
    }
}
