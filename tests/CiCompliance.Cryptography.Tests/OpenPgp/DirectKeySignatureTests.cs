using CiCompliance.Diagnostics;
using CiCompliance.Keys;
using CiCompliance.Source;
using CiCompliance.Testing;

namespace CiCompliance.Cryptography.Tests.OpenPgp;

/// <summary>Signatures directly on a key (RFC 4880 §5.2.1, type 1F). gpg writes one to name a designated revoker, newer than the user id's and silent about all else.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class DirectKeySignatureTests : IDisposable
{
    private static readonly byte[] Payload = [.. "tree"u8];

    private readonly PgpForge forge = new();

    public void Dispose() => forge.Dispose();

    [Test]
    public void Verify_WhenItOnlyNamesARevoker_TheCertificationStillAllowsSigning()
    {
        Judge(Certificate(Direct(), PgpForge.Flags(3)), day: 100).ShouldBeNull();
        Judge(Certificate(Direct(), PgpForge.Flags(1)), day: 100).ShouldBe(SourceDiagnostics.UnsupportedSignature);
    }

    [Test]
    public void Verify_WhenItOnlyNamesARevoker_TheCertificationStillEndsTheKey()
    {
        var certificate = Certificate(Direct(), PgpForge.Flags(3), PgpForge.Lifetime(TimeSpan.FromDays(50)));
        Judge(certificate, day: 49).ShouldBeNull();
        Judge(certificate, day: 51).ShouldBe(SourceDiagnostics.ExpiredKey);
    }

    [Test]
    public void Verify_WhenItStatesFlagsOrALife_TheyCount()
    {
        Judge(Certificate(Direct(PgpForge.Flags(1)), PgpForge.Flags(3)), day: 100).ShouldBe(SourceDiagnostics.UnsupportedSignature);
        Judge(Certificate(Direct(PgpForge.Lifetime(TimeSpan.FromDays(50))), PgpForge.Flags(3)), day: 100).ShouldBe(SourceDiagnostics.ExpiredKey);
        Judge([.. forge.PublicKey, .. Direct(PgpForge.Flags(2))], day: 100).ShouldBeNull("without a user id it is all there is");
        Judge([.. forge.PublicKey, .. Direct()], day: 100).ShouldBe(SourceDiagnostics.UnsupportedSignature);
    }

    [Test]
    public void Verify_WhenGpgNamedADesignatedRevoker_PassesAsWithGpg()
    {
        using var gpg = new GpgHome();
        var one = gpg.Generate("one@example.cn", "ed25519", at: "20220101T000000");
        gpg.Generate("two@example.cn", "ed25519", at: "20220101T000000");
        gpg.RunInteractive("20220102T000000", "two@example.cn\ny\ny\nsave\n", "--edit-key", "one@example.cn", "addrevoker");
        gpg.Run(at: null, "--with-colons", "--list-keys", one).Text.ShouldContain("\nrvk:");

        var key = new TrustedKey(one, "dev", KeyRole.Committer, KeyAlgorithm.OpenPgp, gpg.Export(one), []);
        new ObjectSignatureVerifier().Verify(SignatureFormat.OpenPgp, gpg.Sign(one, Payload), Payload, [key]).Diagnostic.ShouldBeNull();
    }

    private byte[] Certificate(byte[] direct, params byte[][] certified) =>
        [.. forge.PublicKey, .. direct, .. PgpForge.UserId, .. forge.SelfCertification([PgpForge.Created(PgpForge.Born), .. certified])];

    private byte[] Direct(params byte[][] more) =>
        PgpForge.Packet(2, forge.Sign(0x1F, forge.Hashed, [forge.Issuer(), PgpForge.Created(PgpForge.Born.AddDays(1)), PgpForge.Sub(12, [0x80, 1, .. forge.Fingerprint]), .. more]));

    private Diagnostic? Judge(byte[] certificate, int day)
    {
        var signature = forge.Sign(0, Payload, [forge.Issuer(), PgpForge.Created(PgpForge.Born.AddDays(day))]);
        var key = new TrustedKey(Convert.ToHexStringLower(forge.Fingerprint), "forge", KeyRole.Committer, KeyAlgorithm.OpenPgp, certificate, []);
        return new ObjectSignatureVerifier().Verify(SignatureFormat.OpenPgp, OpenPgpVerifierTests.Armor(PgpForge.Packet(2, signature)), Payload, [key]).Diagnostic;
    }
}
