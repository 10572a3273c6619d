using System.Security.Cryptography;
using CiCompliance.Attestations;
using CiCompliance.Diagnostics;
using CiCompliance.Testing;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Cryptography.Tests;

/// <summary>What the real Rekor v2 server gave out, with its Ed25519 and its P-256 key.</summary>
public sealed class RekorV2VectorTests
{
    private static readonly SignatureVerifier Signatures = new();

    [TestCase("app.v2.bundle", "app", 0)]
    [TestCase("app.v2p.bundle", "app-two", 1)]
    [TestCase("att.v2.bundle", "app", 3)]
    [TestCase("v2ec.bundle", "app", 0)]
    public void Verify_WhenRekorV2LoggedIt_PassesAndGivesNoTime(string bundle, string artifact, long index)
    {
        var assessment = Verify(bundle, artifact, takesV2: true);

        assessment.Findings.ShouldBeEmpty();
        assessment.Log!.Index.ShouldBe(index);
        assessment.Log.IntegratedTime.ShouldBeNull();
    }

    [Test]
    public void Verify_WhenATimeIsWanted_Refuses() =>
        Verify("app.v2.bundle", "app", takesV2: false).Findings.Select(finding => finding.Diagnostic).ShouldBe([BundleDiagnostics.NoTime]);

    [TestCase("neg-v2-badhash.bundle", "app-two", "CIC2110")]
    [TestCase("neg-v2-badcp.bundle", "app-two", "CIC2111")]
    [TestCase("neg-v2-otherentry.bundle", "app-two", "CIC2107")]
    public void Verify_WhenItMustBeRefused_FailsForThatReason(string bundle, string artifact, string code)
    {
        var assessment = Verify(bundle, artifact, takesV2: true);

        assessment.Verdict.ShouldBe(Verdict.Fail);
        assessment.Findings.Select(finding => finding.Diagnostic.Code).ShouldContain(code);
    }

    [Test]
    public void Checkpoint_OfTheRealServer_IsOfItsKeyOnly()
    {
        var checkpoint = Checkpoint.Parse(TestVectors.Read("sigstore", "rekor-v2-tree", "checkpoint"));

        checkpoint.Size.ShouldBe(4);
        checkpoint.NamesTree.ShouldBeFalse();
        checkpoint.IsOf(SigstoreVectors.LogV2, Signatures).ShouldBeTrue();
        checkpoint.IsOf(SigstoreVectors.LogV2 with { Name = "other.host" }, Signatures).ShouldBeFalse();
        checkpoint.IsOf(SigstoreVectors.Log, Signatures).ShouldBeFalse();
    }

    private static BundleAssessment Verify(string bundle, string artifact, bool takesV2)
    {
        var expected = new BundleExpectation([SigstoreVectors.Signer], [SigstoreVectors.Log, SigstoreVectors.LogV2])
        {
            ArtifactSha256 = SHA256.HashData(SigstoreVectors.Artifact(artifact)),
            TakesRekorV2 = takesV2,
        };
        return new BundleVerifier(Signatures).Verify(SigstoreVectors.Bundle(bundle), expected, bundle);
    }
}
