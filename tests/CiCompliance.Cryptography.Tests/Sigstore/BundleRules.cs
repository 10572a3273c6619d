using CiCompliance.Cryptography;
using CiCompliance.Diagnostics;
using CiCompliance.Sigstore;
using CiCompliance.Testing.Sigstore;

namespace CiCompliance.Cryptography.Tests.Sigstore;

/// <summary>One instance of Sigstore for a fixture, and what its bundles are judged by.</summary>
public abstract class BundleRules
{
    protected static TestSigstore World { get; } = new();

    protected static ExpectedSigner Holder { get; } = new ExpectedSigner.Identity(TestSigstore.Identity, TestSigstore.Issuer);

    protected static SigstoreAnswer Verify(Bundle bundle, TrustedRoot? root = null, ExpectedSigner? signer = null, SignedArtifact? artifact = null) =>
        // By its bytes: what is written is what is read.
        VerifyBytes(bundle.ToJson(), root, signer, artifact);

    protected static SigstoreAnswer VerifyBytes(byte[] bundle, TrustedRoot? root = null, ExpectedSigner? signer = null, SignedArtifact? artifact = null) =>
        new SigstoreVerifier(root ?? World.Root, new SignatureVerifier(), new TimestampTokens(), TimeProvider.System)
            .Verify(bundle, new SigstoreExpectation(signer ?? Holder, artifact ?? SignedArtifact.Of(TestSigstore.Artifact)), "b.sigstore.json");

    protected static void ShouldPass(SigstoreAnswer answer)
    {
        answer.Findings.ShouldBeEmpty();
        answer.Verdict.ShouldBe(Verdict.Pass);
    }

    protected static void ShouldBeRefused(SigstoreAnswer answer, params string[] codes)
    {
        answer.Findings.Select(finding => finding.Diagnostic.Code).ShouldBe(codes);
        answer.Verdict.ShouldBe(Verdict.Fail);
        answer.Times.ShouldBeEmpty();
    }
}
