using CiCompliance.Sigstore;
using CiCompliance.Testing.Sigstore;

namespace CiCompliance.Cryptography.Tests.Sigstore;

public sealed class TimeRuleTests : BundleRules
{
    [Test]
    public void Verify_WhenNothingVouchesForATime_IsRefused()
    {
        var signer = World.Issue();
        var content = TestSigstore.Message(signer.Key);
        var v1 = World.SignV1(signer, content);

        ShouldBeRefused(Verify(World.SignV2(signer, content) with { Timestamps = [] }), "CIC2109");
        // A proof alone, with and without the time that nobody signed.
        ShouldBeRefused(Verify(v1 with { Entries = [v1.Entries[0] with { SignedEntryTimestamp = null }] }), "CIC2110", "CIC2109");
        ShouldBeRefused(Verify(v1 with { Entries = [InTree(v1) with { SignedEntryTimestamp = null, IntegratedTime = null }] }), "CIC2109");
        // A root without authorities knows no time stamps.
        ShouldBeRefused(Verify(World.SignV2(signer, content), World.Root with { TimestampAuthorities = [] }), "CIC2109");
    }

    [Test]
    public void Verify_WhenAProofAloneComesWithATimeStamp_Passes()
    {
        var signer = World.Issue();
        var content = TestSigstore.Message(signer.Key);
        var v1 = World.SignV1(signer, content);

        ShouldPass(Verify(v1 with
        {
            Entries = [InTree(v1) with { SignedEntryTimestamp = null, IntegratedTime = null }],
            Timestamps = [World.Tsa.Stamp(content.Signature, TestSigstore.SignedAt)],
        }));
    }

    [Test]
    public void Verify_WhenSeveralTimesAreGiven_HoldsTheCertificateToEach()
    {
        var signer = World.Issue();
        var content = TestSigstore.Message(signer.Key);
        var bundle = World.SignV1(signer, content);

        var both = Verify(bundle with { Timestamps = [World.Tsa.Stamp(content.Signature, TestSigstore.SignedAt.AddSeconds(3))] });
        ShouldPass(both);
        both.Times.Count.ShouldBe(2);
        ShouldBeRefused(Verify(bundle with { Timestamps = [World.Tsa.Stamp(content.Signature, TestSigstore.SignedAt.AddDays(1))] }), "CIC2117");
        ShouldBeRefused(Verify(bundle with { Timestamps = [World.Tsa.Stamp([1], TestSigstore.SignedAt)] }), "CIC2115");
    }

    [Test]
    public void Verify_WhenTheTimeHasNotComeYet_IsRefused()
    {
        var soon = DateTimeOffset.UtcNow.AddHours(1);
        var signer = World.Issue(wish => wish with { From = soon });
        var content = TestSigstore.Message(signer.Key);

        ShouldBeRefused(Verify(World.SignV1(signer, content, soon.AddMinutes(1))), "CIC2118");
        ShouldBeRefused(Verify(World.SignV2(signer, content, soon.AddMinutes(1))), "CIC2118");
    }

    [Test]
    public void Verify_WhenTheTokenCarriesItsCertificateOrNot_Passes([Values] bool embed)
    {
        var signer = World.Issue();
        var content = TestSigstore.Message(signer.Key);

        ShouldPass(Verify(World.SignV2(signer, content) with { Timestamps = [World.Tsa.Stamp(content.Signature, TestSigstore.SignedAt, embed)] }));
    }

    [Test]
    public void Verify_WhenTheRootNamesNoCertificateOfTheAuthority_TakesTheTokensOwn()
    {
        var signer = World.Issue();
        var content = TestSigstore.Message(signer.Key);
        var root = World.Root with { TimestampAuthorities = [World.Tsa.TrustedByRoot] };

        ShouldPass(Verify(World.SignV2(signer, content), root));
        ShouldBeRefused(Verify(World.SignV2(signer, content) with { Timestamps = [World.Tsa.Stamp(content.Signature, TestSigstore.SignedAt, embed: false)] }, root), "CIC2115");
    }

    [Test]
    public void Verify_WhenTheTimeStampIsNotATrustedAuthoritys_IsRefused([Values] bool embed)
    {
        var signer = World.Issue();
        var content = TestSigstore.Message(signer.Key);
        var bundle = World.SignV2(signer, content);
        var stranger = new TestTimestampAuthority(World.Tsa.From).Stamp(content.Signature, TestSigstore.SignedAt, embed);

        ShouldBeRefused(Verify(bundle with { Timestamps = [stranger] }), "CIC2115");
        // A good one beside it does not heal it.
        ShouldBeRefused(Verify(bundle with { Timestamps = [bundle.Timestamps[0], stranger] }), "CIC2115");
    }

    [Test]
    public void Verify_WhenTheTokenIsSpoilt_IsRefused()
    {
        var signer = World.Issue();
        var content = TestSigstore.Message(signer.Key);
        var bundle = World.SignV2(signer, content);
        var good = bundle.Timestamps[0];
        byte[][] spoilt = [good[..^1], [.. good, 0], [.. good[..^1], (byte)(good[^1] ^ 1)], [0x30, 0], World.Tsa.Stamp(content.Signature, TestSigstore.SignedAt, status: 2)];

        foreach (var token in spoilt)
        {
            ShouldBeRefused(Verify(bundle with { Timestamps = [token] }), "CIC2115");
        }
    }

    [TestCase(0, true)]
    [TestCase(-1, false)]
    public void Verify_WhenTheAuthoritysWindowEnds_CountsTheEnd(int seconds, bool passes)
    {
        var signer = World.Issue();
        var bundle = World.SignV2(signer, TestSigstore.Message(signer.Key));
        var answer = Verify(bundle, World.Root with { TimestampAuthorities = [World.Tsa.Trusted with { ValidFor = new(World.Tsa.From, TestSigstore.SignedAt.AddSeconds(seconds)) }] });

        if (passes)
        {
            ShouldPass(answer);
        }
        else
        {
            ShouldBeRefused(answer, "CIC2115");
        }
    }

    [Test]
    public void Verify_WhenTheAuthoritysCertificateHadEnded_IsRefused()
    {
        var signer = World.Issue();
        var content = TestSigstore.Message(signer.Key);
        var (ended, expired) = (new TestTimestampAuthority(World.Tsa.From, TimeSpan.FromDays(1)), new TestTimestampAuthority(World.Tsa.From, TimeSpan.FromDays(31)));

        ShouldBeRefused(Verify(With(ended), World.Root with { TimestampAuthorities = [ended.Trusted] }), "CIC2115");
        // Expired today, valid when it stamped.
        ShouldPass(Verify(With(expired), World.Root with { TimestampAuthorities = [expired.Trusted] }));

        Bundle With(TestTimestampAuthority tsa) => World.SignV2(signer, content) with { Timestamps = [tsa.Stamp(content.Signature, TestSigstore.SignedAt)] };
    }

    [Test]
    public void Verify_WhenTheStampersCertificateIsForSomethingElse_IsRefused()
    {
        var signer = World.Issue();
        var content = TestSigstore.Message(signer.Key);
        var other = new TestTimestampAuthority(World.Tsa.From, usage: "1.3.6.1.5.5.7.3.3");

        ShouldBeRefused(Verify(World.SignV2(signer, content) with { Timestamps = [other.Stamp(content.Signature, TestSigstore.SignedAt)] },
            World.Root with { TimestampAuthorities = [other.Trusted] }), "CIC2115");
    }

    [TestCase(0, true)]
    [TestCase(-1, false)]
    public void Verify_WhenTheLogsWindowEnds_CountsTheEnd(int seconds, bool passes)
    {
        var signer = World.Issue();
        var content = TestSigstore.Message(signer.Key);
        var window = new ValidityWindow(World.Fulcio.From, TestSigstore.SignedAt.AddSeconds(seconds));
        var root = World.Root with { Logs = [World.Rekor1.Trusted with { ValidFor = window }, World.Rekor2.Trusted with { ValidFor = window }] };

        foreach (var bundle in new[] { World.SignV1(signer, content), World.SignV2(signer, content) })
        {
            if (passes)
            {
                ShouldPass(Verify(bundle, root));
            }
            else
            {
                ShouldBeRefused(Verify(bundle, root), "CIC2116");
            }
        }
    }

    private static TransparencyLog.LoggedEntry InTree(Bundle bundle) => bundle.Entries[0] with { Index = bundle.Entries[0].Proof!.Index };
}
