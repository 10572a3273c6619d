using CiCompliance.Sigstore;
using CiCompliance.Testing.Sigstore;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Cryptography.Tests.Sigstore;

public sealed class CertificateRuleTests : BundleRules
{
    [Test]
    public void Verify_OfEachKindOfBundle_Passes([Values] bool v2, [Values] bool dsse)
    {
        var signer = World.Issue();
        SignedContent content = dsse ? TestSigstore.Envelope(signer.Key) : TestSigstore.Message(signer.Key);

        var answer = Verify(v2 ? World.SignV2(signer, content) : World.SignV1(signer, content));

        ShouldPass(answer);
        answer.Times.ShouldBe([TestSigstore.SignedAt]);
    }

    [TestCase(1, "dev@example.cn")]
    [TestCase(6, "https://github.com/acme/app/.github/workflows/release.yml@refs/heads/main")]
    [TestCase(0, "somebody!example.cn")]
    public void Verify_OfEachKindOfName_ComparesItWhole(int tag, string identity)
    {
        var signer = World.Issue(wish => wish with { IdentityTag = tag, Identity = identity });
        var bundle = World.SignV1(signer, TestSigstore.Message(signer.Key));

        ShouldPass(Verify(bundle, signer: new ExpectedSigner.Identity(identity, TestSigstore.Issuer)));
        foreach (var other in new[] { identity[..^1], identity + "x", identity.ToUpperInvariant(), "" })
        {
            ShouldBeRefused(Verify(bundle, signer: new ExpectedSigner.Identity(other, TestSigstore.Issuer)), "CIC2113");
        }
    }

    [Test]
    public void Verify_OfEachFormOfIssuer_ComparesItWhole([Values] bool old)
    {
        var signer = World.Issue(wish => wish with { OldIssuer = old });
        var bundle = World.SignV1(signer, TestSigstore.Message(signer.Key));

        ShouldPass(Verify(bundle));
        ShouldBeRefused(Verify(bundle, signer: new ExpectedSigner.Identity(TestSigstore.Identity, TestSigstore.Issuer + "/")), "CIC2113");
    }

    [Test]
    public void Verify_WhenTheAuthorityIsAnother_IsRefused()
    {
        var signer = World.Issue();
        var bundle = World.SignV1(signer, TestSigstore.Message(signer.Key));

        ShouldBeRefused(Verify(bundle, World.Root with { CertificateAuthorities = [new TestFulcio(World.Fulcio.From).Trusted] }), "CIC2112");
        ShouldBeRefused(Verify(bundle, World.Root with { CertificateAuthorities = [] }), "CIC2112");
        // Several authorities: any that counts.
        ShouldPass(Verify(bundle, World.Root with { CertificateAuthorities = [new TestFulcio(World.Fulcio.From).Trusted, World.Fulcio.Trusted] }));
    }

    [Test]
    public void Verify_WhenTheAuthoritysWindowEnds_CountsTheEnd()
    {
        var signer = World.Issue();
        var bundle = World.SignV1(signer, TestSigstore.Message(signer.Key));

        ShouldPass(Verify(bundle, Until(TestSigstore.SignedAt)));
        ShouldBeRefused(Verify(bundle, Until(TestSigstore.SignedAt.AddSeconds(-1))), "CIC2112");

        TrustedRoot Until(DateTimeOffset end) =>
            World.Root with { CertificateAuthorities = [World.Fulcio.Trusted with { ValidFor = new(World.Fulcio.From, end) }] };
    }

    [TestCase(0, true)]
    [TestCase(600, true)]
    [TestCase(-1, false)]
    [TestCase(601, false)]
    public void Verify_WhenTheTimeIsAtTheCertificatesEnds_CountsThem(int seconds, bool passes)
    {
        var signer = World.Issue(wish => wish with { From = TestSigstore.SignedAt });
        var bundle = World.SignV1(signer, TestSigstore.Message(signer.Key), TestSigstore.SignedAt.AddSeconds(seconds));

        if (passes)
        {
            ShouldPass(Verify(bundle));
        }
        else
        {
            ShouldBeRefused(Verify(bundle), "CIC2117");
        }
    }

    [Test]
    public void Verify_WhenTheIntermediateComesWithTheBundle_UsesItAndNotARoot()
    {
        var signer = World.Issue();
        var content = TestSigstore.Message(signer.Key);
        var root = World.Root with { CertificateAuthorities = [World.Fulcio.Trusted with { Chain = [World.Fulcio.Root] }] };
        var bundle = World.SignV1(signer, content) with { Version = BundleVersion.V02 };

        ShouldBeRefused(Verify(bundle, root), "CIC2112");
        ShouldPass(Verify(bundle with { Material = new SigningMaterial.Certificates([signer.Der, World.Fulcio.Intermediate]) }, root));
        ShouldBeRefused(Verify(bundle with { Material = new SigningMaterial.Certificates([signer.Der, World.Fulcio.Intermediate, World.Fulcio.Root]) }, root), "CIC2112");
        ShouldBeRefused(Verify(bundle with { Material = new SigningMaterial.Certificates([signer.Der, signer.Der]) }, root), "CIC2112");
        ShouldBeRefused(Verify(bundle with { Material = new SigningMaterial.Certificates([signer.Der, [0x30, 0]]) }, root), "CIC2100");
    }

    [Test]
    public void Verify_WhenTheCertificateMayNotSignCode_IsRefused()
    {
        var other = World.Issue(wish => wish with { Usage = "1.3.6.1.5.5.7.3.1" });
        var authority = World.Issue(wish => wish with { IsAuthority = true });

        ShouldBeRefused(Verify(World.SignV1(other, TestSigstore.Message(other.Key))), "CIC2112");
        ShouldBeRefused(Verify(World.SignV1(authority, TestSigstore.Message(authority.Key))), "CIC2112");
    }

    [Test]
    public void Verify_WhenNoTrustedCertificateLogKnowsIt_IsRefused()
    {
        var bare = World.Issue(wish => wish with { WithTimestamp = false });
        var broken = World.Issue(wish => wish with { BreakTimestamp = true });
        var late = World.Issue(wish => wish with { TimestampTime = TestSigstore.SignedAt.AddDays(-100) });
        var good = World.Issue();

        foreach (var signer in new[] { bare, broken, late })
        {
            ShouldBeRefused(Verify(World.SignV1(signer, TestSigstore.Message(signer.Key))), "CIC2114");
        }

        var other = new TestFulcio(World.Fulcio.From);
        ShouldBeRefused(Verify(World.SignV1(good, TestSigstore.Message(good.Key)), World.Root with { CertificateLogs = [other.CertificateLog] }), "CIC2114");
        // The same id with another key: the signature decides.
        ShouldBeRefused(Verify(World.SignV1(good, TestSigstore.Message(good.Key)),
            World.Root with { CertificateLogs = [World.Fulcio.CertificateLog with { PublicKey = other.CertificateLog.PublicKey }] }), "CIC2114");
        ShouldPass(Verify(World.SignV1(good, TestSigstore.Message(good.Key)), World.Root with { CertificateLogs = [other.CertificateLog, World.Fulcio.CertificateLog] }));
    }

    [Test]
    public void Verify_WhenThePromiseHasExtensions_TakesThemIn()
    {
        var signer = World.Issue(wish => wish with { TimestampExtensions = [0, 0, 5, 0, 0, 0, 0, 9] });

        ShouldPass(Verify(World.SignV1(signer, TestSigstore.Message(signer.Key))));
    }

    [Test]
    public void Verify_WhenTheCertificateIsAnothersOfTheSameIdentity_IsRefused()
    {
        var (one, two) = (World.Issue(), World.Issue());
        var bundle = World.SignV1(one, TestSigstore.Message(one.Key));

        ShouldBeRefused(Verify(bundle with { Material = new SigningMaterial.Certificates([two.Der]) }), "CIC2103", "CIC2107");
        // Signed and certified by one, logged as the other's.
        var logged = World.LogV1(bundle.Content, new EntrySigner(two.Der, true));
        ShouldBeRefused(Verify(bundle with { Entries = [logged] }), "CIC2107");
    }
}
