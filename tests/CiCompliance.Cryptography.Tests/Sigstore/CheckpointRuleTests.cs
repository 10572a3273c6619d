using CiCompliance.Sigstore;
using CiCompliance.Testing;
using CiCompliance.Testing.Sigstore;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Cryptography.Tests.Sigstore;

public sealed class CheckpointRuleTests : BundleRules
{
    private readonly IssuedCertificate signer = World.Issue();

    [Test]
    public void Verify_WhenOtherLinesStandBesideTheLogs_Passes()
    {
        var witness = Ed25519Fixture.Random();

        ShouldPass(Sealed(checkpoint => checkpoint.Cosign("witness.example", witness).ToString()));
        ShouldPass(Sealed(checkpoint => checkpoint.Cosign("witness.example", witness).Cosign("witness2.example", Ed25519Fixture.Random()).ToString()));
        // The log's own line need not be the first, and another key may go by its name.
        ShouldPass(Sealed(checkpoint => (checkpoint with { Signatures = [.. checkpoint.Cosign("witness.example", witness).Signatures.Reverse()] }).ToString()));
        ShouldPass(Sealed(checkpoint => checkpoint.Cosign(World.Rekor2.Name, new EcdsaTestSigner()).ToString()));
    }

    [Test]
    public void Verify_WhenTheLogsLineIsMissingOrBad_IsRefused()
    {
        ShouldBeRefused(Sealed(checkpoint => (checkpoint with { Signatures = [] }).Cosign("witness.example", Ed25519Fixture.Random()).ToString()), "CIC2111");
        ShouldBeRefused(Sealed(checkpoint => checkpoint.ToString().Replace($"\u2014 {World.Rekor2.Name}", "\u2014 other.test", StringComparison.Ordinal)), "CIC2111");
        ShouldBeRefused(Sealed(checkpoint => Changed(checkpoint, line => line with { Hint = [1, 2, 3, 4] })), "CIC2111");
        ShouldBeRefused(Sealed(checkpoint => Changed(checkpoint, line => line with { Signature = [.. line.Signature.Reverse()] })), "CIC2111");
        // One good line of the log's key and one bad.
        ShouldBeRefused(Sealed(checkpoint => (checkpoint with
        {
            Signatures = [.. checkpoint.Signatures, checkpoint.Signatures[0] with { Signature = new byte[64] }],
        }).ToString()), "CIC2111");
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public void Verify_WhenALineIsMissing_IsRefused(int line) =>
        ShouldBeRefused(Sealed(checkpoint => string.Join('\n', checkpoint.ToString().Split('\n').Where((_, i) => i != line))), "CIC2111");

    [Test]
    public void Verify_WhenTheOriginIsNotTheHost_IsRefused()
    {
        ShouldBeRefused(Verify(World.SignV2(signer, TestSigstore.Message(signer.Key)),
            World.Root with { Logs = [World.Rekor2.Trusted with { BaseUrl = "https://other.test" }] }), "CIC2111");
        ShouldBeRefused(Sealed(checkpoint => Checkpoint.Sign(World.Rekor2.Name + " - 1", checkpoint.Size, checkpoint.Root, World.Rekor2.Key).ToString()), "CIC2111");
    }

    [Test]
    public void Verify_OfRekor1_ComparesNoHostAndTakesExtensionLines()
    {
        var content = TestSigstore.Message(signer.Key);
        var bundle = World.SignV1(signer, content);
        var root = World.Root with { Logs = [World.Rekor1.Trusted with { BaseUrl = "" }] };

        ShouldPass(Verify(bundle, root));
        var entry = World.Rekor1.Log("hashedrekord", "0.0.1", bundle.Entries[0].Body, TestSigstore.SignedAt, checkpoint =>
        {
            var extended = checkpoint with { Signatures = [], Extensions = ["Timestamp: 1689177396617352539"] };
            return extended.Cosign(checkpoint.Name, World.Rekor1.Key).ToString();
        });
        ShouldPass(Verify(bundle with { Entries = [entry] }, root));
        var changed = entry.Proof!.Checkpoint.Replace("Timestamp: 1", "Timestamp: 2", StringComparison.Ordinal);
        ShouldBeRefused(Verify(bundle with { Entries = [entry with { Proof = entry.Proof with { Checkpoint = changed } }] }, root), "CIC2111");
    }

    private SigstoreAnswer Sealed(Func<Checkpoint, string> seal) => Verify(World.SignV2(signer, TestSigstore.Message(signer.Key), seal: seal));

    private static string Changed(Checkpoint checkpoint, Func<NoteSignature, NoteSignature> change) =>
        (checkpoint with { Signatures = [.. checkpoint.Signatures.Select(change)] }).ToString();
}
