using CiCompliance.Diagnostics;
using CiCompliance.Keys;
using CiCompliance.Source;
using CiCompliance.Testing;

namespace CiCompliance.Cryptography.Tests.OpenPgp;

/// <summary>
/// Two trusted certificates in which a signature's 64-bit key id is found. Two keys with one id cost 2^32 SHA-1 computations; one key in two
/// certificates goes the same way through the verifier, and costs nothing.
/// </summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class SharedKeyIdTests : IDisposable
{
    private static readonly byte[] Payload = [.. "tree"u8];
    private static readonly DateTimeOffset Signed = PgpForge.Born.AddDays(100);

    private readonly PgpForge owner = new();
    private readonly PgpForge other = new();

    private byte[] OnlyTheKeyId => PgpForge.Sub(16, owner.Fingerprint[12..]);

    private byte[] Both => [.. other.Hashed, .. owner.Hashed];

    public void Dispose()
    {
        owner.Dispose();
        other.Dispose();
    }

    [Test]
    public void Verify_WhenAnotherCertificateClaimsTheKey_FindsTheOwnerInAnyOrder()
    {
        var armour = Sign();
        var (right, wrong) = (Trust(owner, owner.Certificate()), Trust(other, Adopting()));
        foreach (var committers in new[] { (TrustedKey[])[right, wrong], [wrong, right] })
        {
            var assessment = Verify(armour, committers);
            assessment.Verdict.ShouldBe(Verdict.Pass);
            assessment.Signers.ShouldHaveSingleItem().KeyId.ShouldBe(right.Id);
        }

        Verify(armour, wrong).Diagnostic.ShouldBe(SourceDiagnostics.UnsupportedSignature, "without a back signature it is not that certificate's");
    }

    [Test]
    public void Verify_WhenTheOwnersKeyMayNot_TheOtherCertificateDoesNotStandIn()
    {
        var armour = Sign();
        var expired = Trust(owner, owner.Certificate()) with { ValidUntil = Signed.AddDays(-1) };
        var wrong = Trust(other, Adopting());
        Verify(armour, expired, wrong).Diagnostic.ShouldBe(SourceDiagnostics.ExpiredKey);
        Verify(armour, wrong, expired).Verdict.ShouldBe(Verdict.Fail);
    }

    [Test]
    public void Verify_WhenTheIdIsOneKeysAndTheSignatureAnothers_Fails()
    {
        // The id names the owner, the other key made the signature: both are trusted, and neither id nor mathematics alone is enough.
        var armour = OpenPgpVerifierTests.Armor(PgpForge.Packet(2, other.Sign(0, Payload, [PgpForge.Created(Signed)], OnlyTheKeyId)));
        var both = new[] { Trust(owner, owner.Certificate()), Trust(other, other.Certificate()) };
        Verify(armour, both).Diagnostic.ShouldBe(SourceDiagnostics.BadSignature);
    }

    private static SignatureAssessment Verify(byte[] armour, params TrustedKey[] committers) =>
        new ObjectSignatureVerifier().Verify(SignatureFormat.OpenPgp, armour, Payload, committers);

    private static TrustedKey Trust(PgpForge forge, byte[] certificate) =>
        new(Convert.ToHexStringLower(forge.Fingerprint), "dev", KeyRole.Committer, KeyAlgorithm.OpenPgp, certificate, []);

    private byte[] Sign() => OpenPgpVerifierTests.Armor(PgpForge.Packet(2, owner.Sign(0, Payload, [PgpForge.Created(Signed)], OnlyTheKeyId)));

    private byte[] Adopting() =>
    [
        .. other.Certificate(), .. owner.Subkey,
        .. PgpForge.Packet(2, other.Sign(0x18, Both, [other.Issuer(), PgpForge.Created(PgpForge.Born.AddDays(1)), PgpForge.Flags(2)])),
    ];
}
