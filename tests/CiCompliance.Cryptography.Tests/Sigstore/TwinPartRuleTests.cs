using CiCompliance.Sigstore;
using CiCompliance.Testing;
using CiCompliance.Testing.Sigstore;

namespace CiCompliance.Cryptography.Tests.Sigstore;

/// <summary>Certificate logs, certificate authorities and time-stamping authorities that stand in the trusted root with several windows.</summary>
public sealed class TwinPartRuleTests : BundleRules
{
    // Around everything that the bundle's making took: the certificate is a minute older than the signature.
    private static readonly DateTimeOffset Begin = TestSigstore.SignedAt.AddMinutes(-5);

    private static readonly ValidityWindow Open = new(World.Fulcio.From, null);
    private static readonly ValidityWindow Closed = new(World.Fulcio.From, TestSigstore.SignedAt.AddMinutes(5));
    private static readonly ValidityWindow Before = new(World.Fulcio.From, Begin);
    private static readonly ValidityWindow Later = new(TestSigstore.SignedAt.AddMinutes(5), null);
    private static readonly ValidityWindow Backwards = new(Later.Start, Begin);

    [TestCase("ctlog", "CIC2114")]
    [TestCase("authority", "CIC2112")]
    [TestCase("tsa", "CIC2115")]
    public void Verify_WhenSeveralWindowsAreGiven_OneOfThemMustHoldTheTime(string part, string code)
    {
        var signer = World.Issue();
        var bundle = World.SignV2(signer, TestSigstore.Message(signer.Key));

        foreach (var windows in new ValidityWindow[][] { [Open], [Closed], [Open, Open], [Before, Open], [Closed, Later], [Open, Closed], [Backwards, Open] })
        {
            ShouldPass(Verify(bundle, Root(part, windows)));
        }

        foreach (var windows in new ValidityWindow[][] { [Before], [Later], [Before, Later], [Later, Before], [Backwards], [] })
        {
            // Without any authority a root knows no time stamps, and nothing else gives this bundle a time.
            ShouldBeRefused(Verify(bundle, Root(part, windows)), part == "tsa" && windows is [] ? "CIC2109" : code);
        }
    }

    [TestCase("ctlog", "CIC2114")]
    [TestCase("authority", "CIC2112")]
    [TestCase("tsa", "CIC2115")]
    public void Verify_WhenOnlyAStrangerCountsAtTheTime_IsRefused(string part, string code)
    {
        var signer = World.Issue();
        var bundle = World.SignV2(signer, TestSigstore.Message(signer.Key));
        var root = Root(part, [Before]);
        var stranger = new TestFulcio(World.Fulcio.From);
        var mixed = part switch
        {
            "ctlog" => root with { CertificateLogs = [.. root.CertificateLogs, World.Fulcio.CertificateLog with { PublicKey = new EcdsaTestSigner().PublicKey }, stranger.CertificateLog] },
            "authority" => root with { CertificateAuthorities = [.. root.CertificateAuthorities, stranger.Trusted] },
            _ => root with { TimestampAuthorities = [.. root.TimestampAuthorities, new TestTimestampAuthority(World.Tsa.From).Trusted] },
        };

        ShouldBeRefused(Verify(bundle, mixed), code);
    }

    private static TrustedRoot Root(string part, ValidityWindow[] windows) => part switch
    {
        "ctlog" => World.Root with { CertificateLogs = [.. windows.Select(window => World.Fulcio.CertificateLog with { ValidFor = window })] },
        "authority" => World.Root with { CertificateAuthorities = [.. windows.Select(window => World.Fulcio.Trusted with { ValidFor = window })] },
        _ => World.Root with { TimestampAuthorities = [.. windows.Select(window => World.Tsa.Trusted with { ValidFor = window })] },
    };
}
