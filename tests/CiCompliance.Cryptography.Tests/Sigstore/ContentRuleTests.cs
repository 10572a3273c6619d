using System.Security.Cryptography;
using System.Text;
using CiCompliance.Diagnostics;
using CiCompliance.Sigstore;
using CiCompliance.Testing;
using CiCompliance.Testing.Sigstore;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Cryptography.Tests.Sigstore;

public sealed class ContentRuleTests : BundleRules
{
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    [OneTimeTearDown]
    public void End() => key.Dispose();

    [Test]
    public void Verify_OfAManagedKey_PassesWithAndWithoutATime()
    {
        var content = TestSigstore.Message(key);
        var v2 = World.SignWithKey(key, content) with { Entries = [World.LogV2(content, Signer)] };

        ShouldPass(Verify(World.SignWithKey(key, content), signer: Expected(key)));
        ShouldPass(Verify(v2, signer: Expected(key)));
        ShouldPass(Verify(v2, signer: Expected(key), artifact: new SignedArtifact(SHA256.HashData(TestSigstore.Artifact))));
        ShouldPass(Verify(World.SignWithKey(key, TestSigstore.Envelope(key)), signer: Expected(key)));
        ShouldPass(Verify(World.SignWithKey(key, content with { Digest = null }), signer: Expected(key)));
    }

    [Test]
    public void Verify_WithoutATime_HoldsTheLogsKeyToNow()
    {
        var content = TestSigstore.Message(key);
        var bundle = World.SignWithKey(key, content) with { Entries = [World.LogV2(content, Signer)] };
        var root = World.Root with { Logs = [World.Rekor2.Trusted with { ValidFor = new(World.Fulcio.From, DateTimeOffset.UtcNow.AddDays(-1)) }] };

        ShouldBeRefused(Verify(bundle, root, Expected(key)), "CIC2116");
    }

    [Test]
    public void Verify_WhenTheSignerIsOfAnotherForm_IsRefused()
    {
        var issued = World.Issue();

        ShouldBeRefused(Verify(World.SignWithKey(key, TestSigstore.Message(key))), "CIC2102");
        ShouldBeRefused(Verify(World.SignV1(issued, TestSigstore.Message(issued.Key)), signer: Expected(issued.Key)), "CIC2102");
    }

    [Test]
    public void Verify_WhenTheKeyIsAnother_IsRefused()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        ShouldBeRefused(Verify(World.SignWithKey(key, TestSigstore.Message(key)), signer: Expected(other)), "CIC2103", "CIC2107");
    }

    [Test]
    public void Verify_WhenTheArtefactIsAnother_IsRefused()
    {
        var other = SignedArtifact.Of([1, 2, 3]);
        var message = TestSigstore.Message(key);

        ShouldBeRefused(Verify(World.SignWithKey(key, message), signer: Expected(key), artifact: other), "CIC2103", "CIC2104", "CIC2107");
        ShouldBeRefused(Verify(World.SignWithKey(key, TestSigstore.Envelope(key)), signer: Expected(key), artifact: other), "CIC2104");
        // The digest in the bundle is only a hint, but it must not contradict.
        ShouldBeRefused(Verify(World.SignWithKey(key, message with { Digest = new("SHA2_256", new byte[32]) }), signer: Expected(key)), "CIC2104");
        ShouldBeRefused(Verify(World.SignWithKey(key, message with { Digest = new("SHA3_256", new byte[32]) }), signer: Expected(key)), "CIC2104");
    }

    [Test]
    public void Verify_WhenTheEnvelopeIsNoStatementAboutTheArtefact_IsRefused()
    {
        foreach (var statement in new[] { "{}", "[]", "not json", """{"subject":[{"digest":{"sha512":"00"}}]}""", """{"subject":{"digest":{}}}""" })
        {
            ShouldBeRefused(Verify(World.SignWithKey(key, TestSigstore.Envelope(key, Encoding.UTF8.GetBytes(statement))), signer: Expected(key)), "CIC2104");
        }

        ShouldBeRefused(Verify(World.SignWithKey(key, TestSigstore.Envelope(key, type: "text/plain")), signer: Expected(key)), "CIC2104");
    }

    [Test]
    public void Verify_WhenTheEnvelopeWasChanged_IsRefused()
    {
        var envelope = TestSigstore.Envelope(key);
        var bundle = World.SignWithKey(key, envelope);

        ShouldBeRefused(Verify(bundle with { Content = envelope with { Payload = [.. envelope.Payload, (byte)' '] } }, signer: Expected(key)), "CIC2103", "CIC2107");
    }

    [Test]
    public void Verify_OfEachKindOfKey_PassesAndRefusesItsTwin([Values("p384", "p384-sha256", "p521", "rsa", "ed25519")] string kind)
    {
        var (publicKey, sign) = Make(kind);
        var content = new SignedContent.Message(new("SHA2_256", SHA256.HashData(TestSigstore.Artifact)), sign(TestSigstore.Artifact));
        var bundle = World.SignWithKey(key, content) with { Entries = [World.LogV1(content, new EntrySigner(publicKey, false))] };
        var signer = ExpectedSigner.Key.TryRead(publicKey).ShouldNotBeNull();

        ShouldPass(Verify(bundle, signer: signer));
        var bad = content with { Signature = sign([1]) };
        ShouldBeRefused(Verify(bundle with { Content = bad, Entries = [World.LogV1(bad, new EntrySigner(publicKey, false))] }, signer: signer), "CIC2103");
        var alone = Verify(bundle, signer: signer, artifact: new SignedArtifact(SHA256.HashData(TestSigstore.Artifact)));
        if (kind is "rsa" or "p384-sha256")
        {
            ShouldPass(alone);
        }
        else
        {
            alone.Verdict.ShouldBe(Verdict.Undecided);
            alone.Findings.ShouldHaveSingleItem().Diagnostic.ShouldBe(SigstoreDiagnostics.NeedsArtifact);
        }
    }

    [Test]
    public void Verify_WhenTheLogHasAnotherDigest_NeedsTheArtefact()
    {
        var content = TestSigstore.Message(key);
        var entry = World.Rekor1.Log("hashedrekord", "0.0.1",
            EntryBodies.HashedRekord(SHA384.HashData(TestSigstore.Artifact), content.Signature, Signer, "sha384"), TestSigstore.SignedAt);
        var bundle = World.SignWithKey(key, content) with { Entries = [entry] };

        ShouldPass(Verify(bundle, signer: Expected(key)));
        Verify(bundle, signer: Expected(key), artifact: new SignedArtifact(SHA256.HashData(TestSigstore.Artifact)))
            .Findings.ShouldHaveSingleItem().Diagnostic.Code.ShouldBe("CIC2122");
    }

    [Test]
    public void TryRead_OfKeysThatAreNotTaken_IsNull()
    {
        using var rsa = RSA.Create(1024);
        using var brainpool = ECDsa.Create(ECCurve.NamedCurves.brainpoolP256r1);
        using var explicitCurve = ECDsa.Create(key.ExportExplicitParameters(true));

        foreach (var bytes in new[] { rsa.ExportSubjectPublicKeyInfo(), brainpool.ExportSubjectPublicKeyInfo(), explicitCurve.ExportSubjectPublicKeyInfo(), [], [0x30, 0], [.. key.ExportSubjectPublicKeyInfo(), 0] })
        {
            ExpectedSigner.Key.TryRead(bytes).ShouldBeNull();
        }

        var pem = key.ExportSubjectPublicKeyInfoPem();
        ExpectedSigner.Key.TryReadPem(pem).ShouldNotBeNull();
        foreach (var text in new[] { pem + "\n" + pem, key.ExportPkcs8PrivateKeyPem(), pem.Replace("==", "=", StringComparison.Ordinal), "", pem.Replace("PUBLIC KEY", "CERTIFICATE", StringComparison.Ordinal) })
        {
            ExpectedSigner.Key.TryReadPem(text).ShouldBeNull();
        }
    }

    private EntrySigner Signer => new(key.ExportSubjectPublicKeyInfo(), false);

    private static ExpectedSigner Expected(ECDsa key) => ExpectedSigner.Key.TryRead(key.ExportSubjectPublicKeyInfo()).ShouldNotBeNull();

    private static (byte[] PublicKey, Func<byte[], byte[]> Sign) Make(string kind)
    {
        switch (kind)
        {
            case "rsa":
                var rsa = RSA.Create(2048);
                return (rsa.ExportSubjectPublicKeyInfo(), message => rsa.SignData(message, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
            case "ed25519":
                var ed25519 = Ed25519Fixture.Random();
                return (ed25519.PublicKey, message => ed25519.Sign(message));
            default:
                var ecdsa = ECDsa.Create(kind == "p521" ? ECCurve.NamedCurves.nistP521 : ECCurve.NamedCurves.nistP384);
                var hash = kind switch { "p521" => HashAlgorithmName.SHA512, "p384" => HashAlgorithmName.SHA384, _ => HashAlgorithmName.SHA256 };
                return (ecdsa.ExportSubjectPublicKeyInfo(), message => ecdsa.SignData(message, hash, DSASignatureFormat.Rfc3279DerSequence));
        }
    }
}
