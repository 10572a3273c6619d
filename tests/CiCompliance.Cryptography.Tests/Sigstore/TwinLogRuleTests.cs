using CiCompliance.Sigstore;
using CiCompliance.Testing;
using CiCompliance.Testing.Sigstore;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Cryptography.Tests.Sigstore;

/// <summary>Trusted roots that name one log's id more than once.</summary>
public sealed class TwinLogRuleTests : BundleRules
{
    private static readonly ValidityWindow Now = new(World.Fulcio.From, null);
    private static readonly ValidityWindow Before = new(World.Fulcio.From, TestSigstore.SignedAt.AddSeconds(-1));
    private static readonly ValidityWindow Later = new(TestSigstore.SignedAt.AddSeconds(1), null);

    private readonly IssuedCertificate signer = World.Issue();

    [TestCase(false)]
    [TestCase(true)]
    public void Verify_WhenAnotherKeyOfTheIdCountsAtTheTime_IsRefused(bool reversed)
    {
        // The key that signed had ended; that of the other entry counts, and signed nothing.
        foreach (var (bundle, log) in Signed())
        {
            ShouldBeRefused(Verify(bundle, Root(reversed, log with { ValidFor = Before }, Stranger(log) with { ValidFor = Now })), "CIC2116");
        }
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Verify_WhenAnEntryOfTheIdHasTheKeyAndTheTime_Passes(bool reversed)
    {
        foreach (var (bundle, log) in Signed())
        {
            ShouldPass(Verify(bundle, Root(reversed, log, Stranger(log))));
            // One key with several windows, apart and overlapping.
            ShouldPass(Verify(bundle, Root(reversed, log with { ValidFor = Before }, log with { ValidFor = Now })));
            ShouldPass(Verify(bundle, Root(reversed, log with { ValidFor = Now }, log with { ValidFor = Later })));
            ShouldPass(Verify(bundle, Root(reversed, log with { ValidFor = Now }, log with { ValidFor = Now })));
            // A gap between two windows is none of them.
            ShouldBeRefused(Verify(bundle, Root(reversed, log with { ValidFor = Before }, log with { ValidFor = Later })), "CIC2116");
        }
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Verify_WhenCheckpointAndPromiseAreOfTwoKeys_IsRefused(bool reversed)
    {
        var other = new TestRekor(World.Rekor1.Name, new EcdsaTestSigner(), isV2: false, World.Fulcio.From);
        var bundle = World.SignV1(signer, TestSigstore.Message(signer.Key));
        var entry = World.Rekor1.Log("hashedrekord", "0.0.1", bundle.Entries[0].Body, TestSigstore.SignedAt,
            own => Checkpoint.Sign(own.Origin, own.Size, own.Root, other.Key).ToString());
        var root = Root(reversed, World.Rekor1.Trusted, World.Rekor1.Trusted with { PublicKey = other.Key.PublicKey, CheckpointKeyId = other.LogId });

        ShouldBeRefused(Verify(bundle with { Entries = [entry] }, root), "CIC2108");
        // The promise alone is enough in v0.1.
        ShouldPass(Verify(bundle with { Version = BundleVersion.V01, Entries = [entry with { Proof = null }] }, root));
    }

    private IEnumerable<(Bundle Bundle, TrustedLog Log)> Signed()
    {
        var content = TestSigstore.Message(signer.Key);
        yield return (World.SignV1(signer, content), World.Rekor1.Trusted);
        yield return (World.SignV1(signer, content) with { Version = BundleVersion.V01, Entries = [World.SignV1(signer, content).Entries[0] with { Proof = null }] }, World.Rekor1.Trusted);
        yield return (World.SignV2(signer, content), World.Rekor2.Trusted);
    }

    private static TrustedLog Stranger(TrustedLog log) => log with { PublicKey = new EcdsaTestSigner().PublicKey };

    private static TrustedRoot Root(bool reversed, params TrustedLog[] logs) => World.Root with { Logs = reversed ? [.. logs.Reverse()] : logs };
}
