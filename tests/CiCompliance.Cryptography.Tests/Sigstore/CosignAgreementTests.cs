using System.Security.Cryptography;
using CiCompliance.Diagnostics;
using CiCompliance.Sigstore;
using CiCompliance.Testing;
using CiCompliance.Testing.Sigstore;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Cryptography.Tests.Sigstore;

/// <summary>The same bundles and root to the real cosign: what it takes this takes, what it refuses this refuses.</summary>
public sealed class CosignAgreementTests : BundleRules
{
    private readonly TempDirectory temporary = new();

    [OneTimeSetUp]
    public void WriteFiles()
    {
        File.WriteAllBytes(temporary.Combine("artifact"), TestSigstore.Artifact);
        File.WriteAllBytes(temporary.Combine("other"), [1]);
    }

    [OneTimeTearDown]
    public void RemoveFiles() => temporary.Dispose();

    [Test]
    public void Verify_OfCertificates_AgreesWithCosign3()
    {
        Peers.Require("cosign3");
        var signer = World.Issue();
        var late = World.Issue(wish => wish with { From = TestSigstore.SignedAt.AddMinutes(1) });
        var bare = World.Issue(wish => wish with { WithTimestamp = false });
        var content = TestSigstore.Message(signer.Key);
        var (v1, v2) = (World.SignV1(signer, content), World.SignV2(signer, content));
        var stranger = new TestTimestampAuthority(World.Tsa.From).Stamp(content.Signature, TestSigstore.SignedAt);

        Agree("v1", v1, World.Root, passes: true);
        Agree("v2", v2, World.Root, passes: true);
        Agree("another authority", v1, World.Root with { CertificateAuthorities = [new TestFulcio(World.Fulcio.From).Trusted] }, passes: false);
        Agree("another certificate log", v1, World.Root with { CertificateLogs = [new TestFulcio(World.Fulcio.From).CertificateLog] }, passes: false);
        Agree("another stamper", v2 with { Timestamps = [stranger] }, World.Root, passes: false);
        Agree("a stamp of something else", v2 with { Timestamps = [World.Tsa.Stamp([1], TestSigstore.SignedAt)] }, World.Root, passes: false);
        Agree("no stamp", v2 with { Timestamps = [] }, World.Root, passes: false);
        Agree("another artefact", v2, World.Root, passes: false, artifact: "other");
        Agree("another identity", v2, World.Root, passes: false, identity: "somebody@example.cn");
        Agree("another issuer", v2, World.Root, passes: false, issuer: "https://other.example.cn");
        Agree("before the certificate", World.SignV2(late, TestSigstore.Message(late.Key)), World.Root, passes: false);
        Agree("no promise", World.SignV2(bare, TestSigstore.Message(bare.Key)), World.Root, passes: false);
        Agree("another entry", v2 with { Entries = World.SignV2(signer, TestSigstore.Message(signer.Key)).Entries }, World.Root, passes: false);
        Agree("a spoilt promise of the log", v1 with { Entries = [v1.Entries[0] with { SignedEntryTimestamp = [.. v1.Entries[0].SignedEntryTimestamp!.Reverse()] }] }, World.Root, passes: false);
        Agree("another host", v2, World.Root with { Logs = [World.Rekor1.Trusted, World.Rekor2.Trusted with { BaseUrl = "https://other.test" }] }, passes: false);
        Agree("a witness", World.SignV2(signer, content, seal: checkpoint => checkpoint.Cosign("w.example", Ed25519Fixture.Random()).ToString()), World.Root, passes: true);
    }

    [Test]
    public void Verify_OfKeys_AgreesWithCosign([Values("cosign2", "cosign3")] string cosign)
    {
        Peers.Require(cosign);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        temporary.Write("key.pub", key.ExportSubjectPublicKeyInfoPem() + "\n");
        var bundle = World.SignWithKey(key, TestSigstore.Message(key));
        var root = World.Root with { CertificateAuthorities = [], CertificateLogs = [], TimestampAuthorities = [] };

        AgreeOnKey("good", bundle, true);
        AgreeOnKey("another entry", bundle with { Entries = World.SignWithKey(key, TestSigstore.Message(key)).Entries }, false);
        AgreeOnKey("another signer", World.SignWithKey(other, TestSigstore.Message(other)), false);
        AgreeOnKey("no entry", bundle with { Entries = [] }, false);
        AgreeOnKey("no proof", bundle with { Entries = [bundle.Entries[0] with { Proof = null }] }, false);

        void AgreeOnKey(string what, Bundle judged, bool passes)
        {
            var own = Verify(judged, root, ExpectedSigner.Key.TryRead(key.ExportSubjectPublicKeyInfo()));
            var answer = Cosign(cosign, judged, root, "artifact", ["--key", temporary.Combine("key.pub"), .. cosign == "cosign2" ? (string[])["--new-bundle-format"] : []]);
            (what, own.Verdict == Verdict.Pass, answer.ExitCode == 0).ShouldBe((what, passes, passes), answer.Error);
        }
    }

    private void Agree(
        string what, Bundle bundle, TrustedRoot root, bool passes, string artifact = "artifact", string identity = TestSigstore.Identity, string issuer = TestSigstore.Issuer)
    {
        var own = Verify(bundle, root, new ExpectedSigner.Identity(identity, issuer), SignedArtifact.Of(File.ReadAllBytes(temporary.Combine(artifact))));
        var answer = Cosign("cosign3", bundle, root, artifact, ["--certificate-identity", identity, "--certificate-oidc-issuer", issuer,
            .. bundle.Entries.Any(entry => entry.Version == EntryBody.Version002) ? (string[])["--use-signed-timestamps"] : []]);
        (what, own.Verdict == Verdict.Pass, answer.ExitCode == 0).ShouldBe((what, passes, passes), answer.Error);
    }

    private Peer.Result Cosign(string program, Bundle bundle, TrustedRoot root, string artifact, string[] options)
    {
        File.WriteAllBytes(temporary.Combine("bundle.json"), bundle.ToJson());
        File.WriteAllBytes(temporary.Combine("root.json"), root.ToJson());
        return Peer.TryRun(program,
            ["verify-blob", "--bundle", temporary.Combine("bundle.json"), "--trusted-root", temporary.Combine("root.json"), .. options, temporary.Combine(artifact)],
            new Dictionary<string, string> { ["HOME"] = temporary.Path });
    }
}
