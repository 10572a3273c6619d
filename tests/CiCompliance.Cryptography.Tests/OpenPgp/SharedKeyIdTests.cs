using CiCompliance.Cryptography.OpenPgp;
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

    [Test]
    public void Verify_WhenOneKeySignedForTwoPeople_SaysThatItIsTheSame()
    {
        // Whoever holds the subkey chooses the time, and so whose window it falls into.
        using var third = new PgpForge();
        var early = Trust(other, Adopting(other, withConsent: true)) with { ValidUntil = Signed.AddDays(1) };
        var late = Trust(third, Adopting(third, withConsent: true)) with { ValidFrom = Signed.AddDays(1) };
        var armour = OpenPgpVerifierTests.Armor([.. Sign(owner, Signed), .. Sign(owner, Signed.AddDays(2)), .. Sign(third, Signed.AddDays(2))]);
        var assessment = Verify(armour, early, late);
        assessment.Verdict.ShouldBe(Verdict.Pass);
        assessment.Signers.Select(signer => signer.KeyId).ShouldBe([early.Id, late.Id]);
        assessment.Signers.Select(signer => signer.Material).Distinct().ShouldHaveSingleItem().ShouldNotBeNull();
        Verify(OpenPgpVerifierTests.Armor(Sign(third, Signed.AddDays(2))), late).Signers.ShouldHaveSingleItem().Material.ShouldNotBe(assessment.Signers[0].Material);
    }

    [Test]
    public void Material_IsOneWhateverTimeAndEncodingTheKeyIsGiven()
    {
        var body = owner.PublicKey[6..];
        byte[] later = [4, .. "time"u8, .. body[5..]];
        byte[] legacy = [.. body[..5], 22, 9, 0x2B, 0x06, 0x01, 0x04, 0x01, 0xDA, 0x47, 0x0F, 0x01, 1, 7, 0x40, .. body[6..]];
        var keys = new[] { body, later, legacy }.Select(key => PgpPublicKey.Parse(key)).ToList();
        keys.Select(key => Convert.ToHexString(key.Fingerprint)).Distinct().Count().ShouldBe(3);
        keys.Select(key => key.Material).Distinct().ShouldHaveSingleItem().ShouldNotBeNull();
    }

    private static SignatureAssessment Verify(byte[] armour, params TrustedKey[] committers) =>
        new ObjectSignatureVerifier().Verify(SignatureFormat.OpenPgp, armour, Payload, committers);

    private static TrustedKey Trust(PgpForge forge, byte[] certificate) =>
        new(Convert.ToHexStringLower(forge.Fingerprint), "dev", KeyRole.Committer, KeyAlgorithm.OpenPgp, certificate, []);

    private byte[] Sign() => OpenPgpVerifierTests.Armor(PgpForge.Packet(2, owner.Sign(0, Payload, [PgpForge.Created(Signed)], OnlyTheKeyId)));

    private static byte[] Sign(PgpForge signer, DateTimeOffset at) => PgpForge.Packet(2, signer.Sign(0, Payload, [signer.Issuer(), PgpForge.Created(at)]));

    private byte[] Adopting() => Adopting(other, withConsent: false);

    /// <param name="withConsent">With the back signature that only who holds the subkey can make.</param>
    private byte[] Adopting(PgpForge primary, bool withConsent)
    {
        byte[] both = [.. primary.Hashed, .. owner.Hashed];
        var created = PgpForge.Created(PgpForge.Born.AddDays(1));
        byte[][] back = withConsent ? [PgpForge.Sub(32, owner.Sign(0x19, both, [owner.Issuer(), created]))] : [];
        return [.. primary.Certificate(), .. owner.Subkey, .. PgpForge.Packet(2, primary.Sign(0x18, both, [primary.Issuer(), created, PgpForge.Flags(2), .. back]))];
    }
}
