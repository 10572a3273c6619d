using CiCompliance.Cryptography.OpenPgp;
using CiCompliance.Diagnostics;
using CiCompliance.Keys;
using CiCompliance.Source;
using CiCompliance.Testing;

namespace CiCompliance.Cryptography.Tests.OpenPgp;

/// <summary>Several signatures in one armour: <c>gpg -u A -u B</c> makes such.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class SeveralSignaturesTests : IDisposable
{
    private static readonly byte[] Payload = [.. "tree"u8];

    private readonly GpgHome gpg = new();
    private readonly TrustedKey one;
    private readonly TrustedKey two;

    public SeveralSignaturesTests()
    {
        one = Trust(gpg.Generate("one@example.cn", "ed25519"));
        two = Trust(gpg.Generate("two@example.cn", "nistp256"));
    }

    public void Dispose() => gpg.Dispose();

    [Test]
    public void Verify_WhenTwoSigned_PassesWithBothAndOnlyThen()
    {
        var both = gpg.Sign(one.Id, Payload, at: null, "--local-user", two.Id);
        var assessment = Verify(both, one, two);
        assessment.Verdict.ShouldBe(Verdict.Pass);
        assessment.Signers.Select(signer => signer.KeyId).ShouldBe([one.Id, two.Id], ignoreOrder: true);
        assessment.Signers.ShouldAllBe(signer => signer.SignedAt != null);

        foreach (var (known, unknown) in new[] { (one, two), (two, one) })
        {
            var refused = Verify(both, known);
            refused.Verdict.ShouldBe(Verdict.Fail);
            refused.Diagnostic.ShouldBe(SourceDiagnostics.UnknownKey);
            refused.Signers.ShouldHaveSingleItem().KeyId.ShouldBe(unknown.Id);
        }
    }

    [Test]
    public void Verify_WhenOneOfThemIsOverSomethingElse_Fails()
    {
        var (good, bad) = (Packet(one, Payload), Packet(two, [.. "other"u8]));
        foreach (var armour in new[] { OpenPgpVerifierTests.Armor([.. good, .. bad]), OpenPgpVerifierTests.Armor([.. bad, .. good]) })
        {
            Verify(armour, one, two).Diagnostic.ShouldBe(SourceDiagnostics.BadSignature);
        }
    }

    [Test]
    public void Verify_WhenOneKeySignedTwice_CountsItOnce()
    {
        var packet = Packet(one, Payload);
        Verify(OpenPgpVerifierTests.Armor([.. packet, .. packet]), one).Signers.ShouldHaveSingleItem().KeyId.ShouldBe(one.Id);
    }

    [TestCase(16, null)]
    [TestCase(17, "CIC1005")]
    public void Verify_WhenThereAreManyOrOtherPackets_HasALimit(int count, string? code)
    {
        var packet = Packet(one, Payload);
        Verify(OpenPgpVerifierTests.Armor([.. Enumerable.Repeat(packet, count).SelectMany(bytes => bytes)]), one).Diagnostic?.Code.ShouldBe(code);
        Verify(OpenPgpVerifierTests.Armor([.. packet, .. PgpForge.Packet(13, [1])]), one).Diagnostic.ShouldBe(SourceDiagnostics.UnsupportedSignature);
        Verify(OpenPgpVerifierTests.Armor([.. packet, .. packet[..^1]]), one).Diagnostic.ShouldBe(SourceDiagnostics.BadSignature);
    }

    private static SignatureAssessment Verify(byte[] armour, params TrustedKey[] committers) =>
        new ObjectSignatureVerifier().Verify(SignatureFormat.OpenPgp, armour, Payload, committers);

    private byte[] Packet(TrustedKey key, byte[] payload) => PgpArmor.Decode(gpg.Sign(key.Id, payload), "PGP SIGNATURE", out _);

    private TrustedKey Trust(string fingerprint) => new(fingerprint, "dev", KeyRole.Committer, KeyAlgorithm.OpenPgp, gpg.Export(fingerprint), []);
}
