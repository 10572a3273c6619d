using System.Security.Cryptography;
using CiCompliance.Diagnostics;
using CiCompliance.Sigstore;
using CiCompliance.Testing;
using CiCompliance.Testing.Sigstore;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Cryptography.Tests.Sigstore;

public sealed class LogRuleTests : BundleRules
{
    private readonly IssuedCertificate signer = World.Issue();

    [Test]
    public void Verify_WhenThereIsNoEntry_IsRefused() =>
        ShouldBeRefused(Verify(World.SignV2(signer, TestSigstore.Message(signer.Key)) with { Entries = [] }), "CIC2105");

    [Test]
    public void Verify_WhenTheLogIsNotTrusted_IsRefused()
    {
        var content = TestSigstore.Message(signer.Key);

        ShouldBeRefused(Verify(World.SignV1(signer, content), World.Root with { Logs = [World.Rekor2.Trusted] }), "CIC2106");
        // The same id with another key.
        ShouldBeRefused(Verify(World.SignV1(signer, content),
            World.Root with { Logs = [World.Rekor1.Trusted with { PublicKey = new EcdsaTestSigner().PublicKey }] }), "CIC2111", "CIC2108");
    }

    [Test]
    public void Verify_WhenTheEntryIsAnothers_IsRefused([Values] bool v2, [Values] bool dsse)
    {
        var content = Content(dsse);
        // The same key signs the same once more: other bytes, both good.
        var again = Content(dsse);
        var bundle = v2 ? World.SignV2(signer, content) : World.SignV1(signer, content);
        var other = v2 ? World.SignV2(signer, again) : World.SignV1(signer, again);

        ShouldBeRefused(Verify(bundle with { Entries = other.Entries }), "CIC2107");
    }

    [Test]
    public void Verify_WhenTheEntrysDigestIsAnother_IsRefused()
    {
        var content = TestSigstore.Message(signer.Key);
        var body = EntryBodies.HashedRekord(SHA256.HashData([1]), content.Signature, Signer);
        var body2 = EntryBodies.HashedRekord2(SHA256.HashData([1]), content.Signature, Signer);

        ShouldBeRefused(Verify(World.SignV1(signer, content) with { Entries = [World.Rekor1.Log("hashedrekord", "0.0.1", body, TestSigstore.SignedAt)] }), "CIC2107");
        ShouldBeRefused(Verify(World.SignV2(signer, content) with { Entries = [World.Rekor2.Log("hashedrekord", "0.0.2", body2, TestSigstore.SignedAt)] }), "CIC2107");
    }

    [Test]
    public void Verify_WhenTheEntryIsOfAnotherKind_IsRefused()
    {
        var (message, dsse) = (TestSigstore.Message(signer.Key), TestSigstore.Envelope(signer.Key));
        var asDsse = EntryBodies.Dsse(TestSigstore.Artifact, message.Signature, Signer);
        var asMessage = EntryBodies.HashedRekord(SHA256.HashData(dsse.Payload), dsse.Signature, Signer);

        ShouldBeRefused(Verify(World.SignV1(signer, message) with { Entries = [World.Rekor1.Log("dsse", "0.0.1", asDsse, TestSigstore.SignedAt)] }), "CIC2107");
        ShouldBeRefused(Verify(World.SignV1(signer, dsse) with { Entries = [World.Rekor1.Log("hashedrekord", "0.0.1", asMessage, TestSigstore.SignedAt)] }), "CIC2107");
        // Its body says something else than the entry around it.
        ShouldBeRefused(Verify(World.SignV1(signer, message) with { Entries = [World.LogV1(message, Signer) with { Kind = "dsse" }] }), "CIC2107");
    }

    [Test]
    public void Verify_WhenTheKindIsNotRead_IsUndecided()
    {
        var content = TestSigstore.Message(signer.Key);
        var bundle = World.SignV1(signer, content);

        var answer = Verify(bundle with { Entries = [.. bundle.Entries, World.LogV1(content, Signer) with { Kind = "rpm" }] });

        answer.Verdict.ShouldBe(Verdict.Undecided);
        answer.Findings.ShouldHaveSingleItem().Diagnostic.Code.ShouldBe("CIC2101");
    }

    [Test]
    public void Verify_OfAnInTotoEntry_PassesAndRefusesItsTwin()
    {
        var content = TestSigstore.Envelope(signer.Key);
        var bundle = World.SignV1(signer, content) with { Entries = [Entry(content.Payload, content.Signature)] };

        ShouldPass(Verify(bundle));
        ShouldBeRefused(Verify(bundle with { Entries = [Entry([1], content.Signature)] }), "CIC2107");
        ShouldBeRefused(Verify(bundle with { Entries = [Entry(content.Payload, [.. content.Signature, 0])] }), "CIC2107");

        LoggedEntry Entry(byte[] payload, byte[] signature) =>
            World.Rekor1.Log("intoto", "0.0.2", EntryBodies.InToto(payload, signature, Signer), TestSigstore.SignedAt);
    }

    [Test]
    public void Verify_WhenTheProofDoesNotHold_IsRefused()
    {
        var bundle = World.SignV2(signer, TestSigstore.Message(signer.Key));
        var entry = bundle.Entries[0];
        var proof = entry.Proof!;
        var other = RandomNumberGenerator.GetBytes(32);

        ShouldBeRefused(With(entry with { Proof = null }), "CIC2110");
        ShouldBeRefused(With(entry with { Proof = proof with { Hashes = [other] } }), "CIC2110");
        ShouldBeRefused(With(entry with { Proof = proof with { Hashes = [] } }), "CIC2110");
        ShouldBeRefused(With(entry with { Proof = proof with { Root = other } }), "CIC2110", "CIC2111");
        ShouldBeRefused(With(entry with { Proof = proof with { TreeSize = 3 } }), "CIC2110", "CIC2111");
        ShouldBeRefused(With(entry with { Index = 1 }), "CIC2110");

        SigstoreAnswer With(LoggedEntry changed) => Verify(bundle with { Entries = [changed] });
    }

    [Test]
    public void Verify_WhenTheTimestampOfTheLogIsSpoilt_IsRefused()
    {
        var bundle = World.SignV1(signer, TestSigstore.Message(signer.Key));
        var entry = bundle.Entries[0];

        ShouldBeRefused(With(entry with { IntegratedTime = entry.IntegratedTime + 1 }), "CIC2108");
        ShouldBeRefused(With(entry with { IntegratedTime = null }), "CIC2108");
        ShouldBeRefused(With(entry with { IntegratedTime = long.MaxValue }), "CIC2108");
        ShouldBeRefused(With(entry with { Index = entry.Index + 1 }), "CIC2108");
        ShouldBeRefused(With(entry with { SignedEntryTimestamp = [1, 2, 3] }), "CIC2108");

        SigstoreAnswer With(LoggedEntry changed) => Verify(bundle with { Entries = [changed] });
    }

    [Test]
    public void Verify_WhenAnEntryOfRekor2PretendsToHaveATime_IsRefused()
    {
        var bundle = World.SignV2(signer, TestSigstore.Message(signer.Key));
        var entry = bundle.Entries[0];

        ShouldBeRefused(Verify(bundle with { Entries = [entry with { IntegratedTime = 1 }] }), "CIC2109");
        ShouldBeRefused(Verify(bundle with
        {
            Entries = [entry with { IntegratedTime = 1, SignedEntryTimestamp = SignedEntryTimestamp.Sign(entry.Body, 1, 0, World.Rekor2.Key) }],
        }), "CIC2108");
    }

    [Test]
    public void Verify_OfVersion01_NeedsThePromiseAndNoProof()
    {
        var v03 = World.SignV1(signer, TestSigstore.Message(signer.Key));
        var entry = v03.Entries[0];
        var bundle = v03 with { Version = BundleVersion.V01 };

        ShouldPass(Verify(bundle));
        ShouldPass(Verify(bundle with { Entries = [entry with { Proof = null }] }));
        ShouldPass(Verify(bundle with { Entries = [entry with { Proof = entry.Proof! with { Checkpoint = "" } }] }));
        ShouldBeRefused(Verify(bundle with { Entries = [entry with { Proof = null, SignedEntryTimestamp = null, IntegratedTime = null }] }), "CIC2110", "CIC2109");
        ShouldBeRefused(Verify(bundle with { Version = BundleVersion.V02, Entries = [entry with { Proof = null }] }), "CIC2110");
        ShouldBeRefused(Verify(v03 with { Entries = [entry with { Proof = null }] }), "CIC2110");
        ShouldBeRefused(Verify(v03 with { Entries = [entry with { Proof = entry.Proof! with { Checkpoint = "" } }] }), "CIC2111");
    }

    [Test]
    public void Verify_WhenSeveralEntriesAreGiven_HoldsEach()
    {
        var content = TestSigstore.Message(signer.Key);
        var (one, two) = (World.SignV1(signer, content), World.SignV2(signer, content));

        ShouldPass(Verify(two with { Entries = [.. one.Entries, .. two.Entries] }));
        ShouldBeRefused(Verify(two with { Entries = [.. two.Entries, one.Entries[0] with { SignedEntryTimestamp = [1] }] }), "CIC2108");
    }

    private EntrySigner Signer => new(signer.Der, true);

    private SignedContent Content(bool dsse) => dsse ? TestSigstore.Envelope(signer.Key) : TestSigstore.Message(signer.Key);
}
