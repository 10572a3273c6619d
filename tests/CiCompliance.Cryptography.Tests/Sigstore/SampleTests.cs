using CiCompliance.Cryptography;
using CiCompliance.Diagnostics;
using CiCompliance.Sigstore;
using CiCompliance.Testing;

namespace CiCompliance.Cryptography.Tests.Sigstore;

/// <summary>tests/vectors/sigstore: what the real tools made, and what a verifier must say of it (its README).</summary>
public sealed class SampleTests
{
    [TestCase("t3.bundle", "t3", "tr-v1n")]
    [TestCase("t3.bundle", "t3", "tr-v1")]
    [TestCase("t3.bundle", "t3", "tr-c2")]
    [TestCase("c3v1.bundle", "c3v1", "tr-v1n")]
    [TestCase("real.bundle", "real", "tr-v1n")]
    [TestCase("real2.bundle", "real2", "tr-v1n")]
    [TestCase("att.c2new.bundle", "app", "tr-v1n")]
    [TestCase("att.c3v1.bundle", "c3v1", "tr-v1n")]
    [TestCase("att.real.bundle", "real", "tr-v1n")]
    [TestCase("app.v2.bundle", "app", "tr-v2")]
    [TestCase("app.v2p.bundle", "app-two", "tr-v2")]
    [TestCase("v2ec.bundle", "app", "tr-v2ec")]
    [TestCase("att.v2.bundle", "app", "tr-v2")]
    [TestCase("t1.bundle", "app", "tr-v1n")]
    [TestCase("t2.bundle", "t2", "tr-v1n")]
    [TestCase("att.c2.bundle", "app", "tr-v1n")]
    public void Verify_OfAGoodOne_Passes(string bundle, string artifact, string root)
    {
        var answer = Verify(bundle, artifact, root);

        answer.Findings.ShouldBeEmpty();
        answer.Verdict.ShouldBe(Verdict.Pass);
        // The same bundle for another artefact, by another signer, of another log.
        Verify(bundle, artifact == "real" ? "app" : "real", root).Verdict.ShouldBe(Verdict.Fail);
        Verify(bundle, artifact, root, "signer2.pub").Verdict.ShouldBe(Verdict.Fail);
        Verify(bundle, artifact, root == "tr-v2" ? "tr-v1n" : "tr-v2").Findings[0].Diagnostic.Code.ShouldBe("CIC2106");
    }

    [TestCase("neg-badset.bundle", "t3", "tr-v1n", "CIC2108")]
    [TestCase("neg-badtime.bundle", "t3", "tr-v1n", "CIC2108")]
    [TestCase("neg-badhash.bundle", "t3", "tr-v1n", "CIC2110")]
    [TestCase("neg-badcp.bundle", "t3", "tr-v1n", "CIC2111")]
    [TestCase("neg-noproof.bundle", "t3", "tr-v1n", "CIC2110")]
    [TestCase("neg-noset.bundle", "t3", "tr-v1n", "CIC2109")]
    [TestCase("neg-otherentry.bundle", "t3", "tr-v1n", "CIC2107")]
    [TestCase("neg-att-payload.bundle", "c3v1", "tr-v1n", "CIC2103")]
    [TestCase("neg-twosig.bundle", "c3v1", "tr-v1n", "CIC2100")]
    [TestCase("neg-unknownfield.bundle", "c3v1", "tr-v1n", "CIC2100")]
    [TestCase("neg-v2-badhash.bundle", "app-two", "tr-v2", "CIC2110")]
    [TestCase("neg-v2-badcp.bundle", "app-two", "tr-v2", "CIC2111")]
    [TestCase("neg-v2-otherentry.bundle", "app-two", "tr-v2", "CIC2107")]
    [TestCase("app.v2.bundle", "app", "neg-tr-v2-otherhost", "CIC2111")]
    [TestCase("app.c2new.bundle", "app", "tr-v1n", "CIC2105")]
    [TestCase("app.c3.bundle", "app", "tr-v1n", "CIC2105")]
    [TestCase("app.c2old.bundle", "app", "tr-v1n", "CIC2105")]
    public void Verify_OfABadOne_RefusesItForThatReason(string bundle, string artifact, string root, string code)
    {
        var answer = Verify(bundle, artifact, root);

        answer.Verdict.ShouldBe(Verdict.Fail);
        answer.Findings[0].Diagnostic.Code.ShouldBe(code);
    }

    [Test]
    public void Verify_OfAnUnloggedOneOfAnotherSigner_IsRefused() =>
        Verify("hand.bundle", "r1", "tr-v1n", "signer2.pub").Findings.ShouldHaveSingleItem().Diagnostic.Code.ShouldBe("CIC2105");

    private static SigstoreAnswer Verify(string bundle, string artifact, string root, string signer = "signer.pub")
    {
        var key = ExpectedSigner.Key.TryReadPem(File.ReadAllText(TestVectors.PathOf("sigstore", "keys", signer))).ShouldNotBeNull();
        return new SigstoreVerifier(TrustedRoot.Parse(TestVectors.Read("sigstore", "trust", root + ".json")), new SignatureVerifier(), new TimestampTokens(), TimeProvider.System)
            .Verify(SigstoreVectors.Bundle(bundle), new(key, SignedArtifact.Of(SigstoreVectors.Artifact(artifact))), bundle);
    }
}
