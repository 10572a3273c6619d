using CiCompliance.Diagnostics;
using CiCompliance.Keys;
using CiCompliance.Source;
using CiCompliance.Testing;

namespace CiCompliance.Cryptography.Tests.OpenPgp;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ForgedSignatureTests : IDisposable
{
    private static readonly byte[] Payload = [.. "tree"u8];
    private static readonly DateTimeOffset Signed = PgpForge.Born.AddDays(100);

    private readonly PgpForge forge = new();
    private readonly PgpForge other = new();
    private readonly ObjectSignatureVerifier verifier = new();

    public void Dispose()
    {
        forge.Dispose();
        other.Dispose();
    }

    [Test]
    public void Verify_WhenKeyIsOfAlgorithm27_Passes() => Judge(forge.Certificate(), Sign()).ShouldBeNull();

    [Test]
    public void Verify_WhenSignatureHasNoHashedTime_Fails()
    {
        var unhashedTime = PgpForge.Created(Signed);
        Judge(forge.Certificate(), forge.Sign(0, Payload, [forge.Issuer()], unhashedTime)).ShouldBe(SourceDiagnostics.BadSignature);
    }

    [Test]
    public void Verify_WhenTimeIsTwice_Fails() =>
        Judge(forge.Certificate(), Sign(PgpForge.Created(Signed.AddYears(-1)))).ShouldBe(SourceDiagnostics.BadSignature);

    [TestCase(100, true, "CIC1005")]
    [TestCase(100, false, null)]
    [TestCase(20, true, "CIC1005", Description = "a critical notation")]
    [TestCase(35, true, "CIC1005", Description = "a critical intended recipient")]
    [TestCase(26, true, null, Description = "a policy address")]
    public void Verify_WhenSubpacketIsCritical_OnlyKnownOnesPass(byte type, bool isCritical, string? code) =>
        Judge(forge.Certificate(), Sign(PgpForge.Sub((byte)(type | (isCritical ? 0x80 : 0)), [1, 2, 3]))).ShouldBe(code is null ? null : SourceDiagnostics.UnsupportedSignature);

    [Test]
    public void Verify_WhenIssuerIsOnlyAHint_TheKeyStillDecides()
    {
        byte[] hint = PgpForge.Sub(16, forge.Fingerprint[12..]);
        Judge(forge.Certificate(), forge.Sign(0, Payload, [PgpForge.Created(Signed)], hint)).ShouldBeNull();
        byte[] wrong = PgpForge.Sub(16, other.Fingerprint[12..]);
        Judge(forge.Certificate(), forge.Sign(0, Payload, [PgpForge.Created(Signed)], wrong)).ShouldBe(SourceDiagnostics.UnknownKey);
        Judge(forge.Certificate(), other.Sign(0, Payload, [PgpForge.Created(Signed)], hint)).ShouldBe(SourceDiagnostics.BadSignature);
        Judge(forge.Certificate(), forge.Sign(0, Payload, [PgpForge.Created(Signed)])).ShouldBe(SourceDiagnostics.UnknownKey);
    }

    [TestCase(3)]
    [TestCase(5)]
    [TestCase(6)]
    public void Verify_WhenVersionIsAnother_IsUnsupportedAndNamesIt(byte version)
    {
        var signature = forge.Sign(0, Payload, [forge.Issuer(), PgpForge.Created(Signed)], version: version);
        Judge(forge.Certificate(), signature).ShouldBe(SourceDiagnostics.UnsupportedSignature);
        verifier.Verify(SignatureFormat.OpenPgp, OpenPgpVerifierTests.Armor(PgpForge.Packet(2, signature)), Payload, []).Detail.En.ShouldContain($"version {version},");
    }

    [TestCase(0x01)]
    [TestCase(0x02)]
    [TestCase(0x13)]
    [TestCase(0x20)]
    [TestCase(0x40)]
    public void Verify_WhenTypeIsAnother_IsUnsupported(byte type) =>
        Judge(forge.Certificate(), forge.Sign(type, Payload, [forge.Issuer(), PgpForge.Created(Signed)])).ShouldBe(SourceDiagnostics.UnsupportedSignature);

    [Test]
    public void Verify_WhenHashIsSha1_IsWeak() =>
        Judge(forge.Certificate(), forge.Sign(0, Payload, [forge.Issuer(), PgpForge.Created(Signed)], hashAlgorithm: 2)).ShouldBe(SourceDiagnostics.WeakAlgorithm);

    [TestCase((byte)1)]
    [TestCase((byte)0x0C)]
    [TestCase(null)]
    public void Verify_WhenFlagsDoNotAllowSigning_Fails(byte? flags)
    {
        byte[][] subpackets = flags is { } value ? [PgpForge.Created(PgpForge.Born), PgpForge.Flags(value)] : [PgpForge.Created(PgpForge.Born)];
        Judge([.. forge.PublicKey, .. PgpForge.UserId, .. forge.SelfCertification(subpackets)], Sign()).ShouldBe(SourceDiagnostics.UnsupportedSignature);
    }

    [Test]
    public void Verify_WhenOnlyAnotherKeyCertifies_Fails()
    {
        var certification = PgpForge.Packet(2, other.Sign(0x13, [.. forge.Hashed, .. PgpForge.HashedUserId], [forge.Issuer(), PgpForge.Created(PgpForge.Born), PgpForge.Flags(3)]));
        Judge([.. forge.PublicKey, .. PgpForge.UserId, .. certification], Sign()).ShouldBe(SourceDiagnostics.UnsupportedSignature);
        Judge(forge.PublicKey, Sign()).ShouldBe(SourceDiagnostics.UnsupportedSignature, "a bare key");
    }

    [Test]
    public void Verify_WhenSelfCertificationIsForAnotherUserId_Fails() => Judge(
        [.. forge.PublicKey, .. PgpForge.Packet(13, [.. "eve"u8]), .. forge.SelfCertification(PgpForge.Created(PgpForge.Born), PgpForge.Flags(3))],
        Sign()).ShouldBe(SourceDiagnostics.UnsupportedSignature);

    [Test]
    public void Verify_WhenSelfSignatureHasUnknownCriticalParts_ItDoesNotCount() => Judge(
        [.. forge.PublicKey, .. PgpForge.UserId, .. forge.SelfCertification(PgpForge.Created(PgpForge.Born), PgpForge.Flags(3), PgpForge.Sub(0x80 | 100, [1]))],
        Sign()).ShouldBe(SourceDiagnostics.UnsupportedSignature);

    [Test]
    public void Verify_WhenANewerSelfSignatureShortensTheLife_ItCounts()
    {
        var shorter = forge.SelfCertification(PgpForge.Created(PgpForge.Born.AddDays(1)), PgpForge.Flags(3), PgpForge.Lifetime(TimeSpan.FromDays(50)));
        Judge([.. forge.Certificate(), .. shorter], Sign()).ShouldBe(SourceDiagnostics.ExpiredKey);
        var longer = forge.SelfCertification(PgpForge.Created(PgpForge.Born.AddDays(2)), PgpForge.Flags(3));
        Judge([.. forge.Certificate(), .. longer, .. shorter], Sign()).ShouldBeNull("the order in the file means nothing");
    }

    [Test]
    public void Verify_WhenKeyWasBornAfterTheSignature_Fails() => Judge(
        forge.Certificate(),
        forge.Sign(0, Payload, [forge.Issuer(), PgpForge.Created(PgpForge.Born.AddSeconds(-1))])).ShouldBe(SourceDiagnostics.ExpiredKey);

    [Test]
    public void Verify_WhenAnotherKeyRevokes_TheKeyIsNotTrusted()
    {
        // A designated revoker's word can't be checked here; leaving it aside would keep a revoked key alive.
        var revocation = PgpForge.Packet(2, other.Sign(0x20, forge.Hashed, [other.Issuer(), PgpForge.Created(Signed)]));
        Judge([.. forge.PublicKey, .. revocation, .. forge.Certificate().AsSpan(forge.PublicKey.Length)], Sign()).ShouldBe(SourceDiagnostics.RevokedKey);
        Judge([.. forge.Certificate(), .. revocation], Sign()).ShouldBe(SourceDiagnostics.RevokedKey, "wherever it lies");
    }

    [Test]
    public void Verify_WhenSubkeyIsAdoptedFromAnotherOwner_Fails()
    {
        // Eve binds the developer's key as her own subkey, without a back signature, or with one of her own making.
        byte[] both = [.. other.Hashed, .. forge.Hashed];
        byte[][] hashed = [other.Issuer(), PgpForge.Created(PgpForge.Born.AddDays(1)), PgpForge.Flags(2)];
        var bare = PgpForge.Packet(2, other.Sign(0x18, both, hashed));
        Judge([.. other.Certificate(), .. forge.Subkey, .. bare], Sign(), other).ShouldBe(SourceDiagnostics.UnsupportedSignature);

        var forgedBack = other.Sign(0x19, both, [other.Issuer(), PgpForge.Created(Signed)]);
        var withForged = PgpForge.Packet(2, other.Sign(0x18, both, [.. hashed, PgpForge.Sub(32, forgedBack)]));
        Judge([.. other.Certificate(), .. forge.Subkey, .. withForged], Sign(), other).ShouldBe(SourceDiagnostics.UnsupportedSignature);

        var back = forge.Sign(0x19, both, [forge.Issuer(), PgpForge.Created(Signed)]);
        var withBack = PgpForge.Packet(2, other.Sign(0x18, both, [.. hashed, PgpForge.Sub(32, back)]));
        Judge([.. other.Certificate(), .. forge.Subkey, .. withBack], Sign(), other).ShouldBeNull();
    }

    [Test]
    public void Verify_WhenPrimaryExpires_ItsSubkeyDoesToo()
    {
        byte[] both = [.. other.Hashed, .. forge.Hashed];
        var back = forge.Sign(0x19, both, [forge.Issuer(), PgpForge.Created(Signed)]);
        var binding = PgpForge.Packet(2, other.Sign(0x18, both, [other.Issuer(), PgpForge.Created(Signed), PgpForge.Flags(2), PgpForge.Sub(32, back)]));
        var primary = other.SelfCertification(PgpForge.Created(PgpForge.Born), PgpForge.Flags(3), PgpForge.Lifetime(TimeSpan.FromDays(50)));
        Judge([.. other.PublicKey, .. PgpForge.UserId, .. primary, .. forge.Subkey, .. binding], Sign(), other).ShouldBe(SourceDiagnostics.ExpiredKey);
    }

    [Test]
    public void Verify_WhenTrustedKeyHoldsTwoKeys_MatchesNothing() =>
        Judge([.. forge.Certificate(), .. other.Certificate()], Sign()).ShouldBe(SourceDiagnostics.UnknownKey);

    private byte[] Sign(params byte[][] more) => forge.Sign(0, Payload, [forge.Issuer(), PgpForge.Created(Signed), .. more]);

    private Diagnostic? Judge(byte[] certificate, byte[] signature, PgpForge? owner = null)
    {
        var trusted = new TrustedKey(
            Convert.ToHexStringLower((owner ?? forge).Fingerprint), "forge", KeyRole.Committer, KeyAlgorithm.OpenPgp, certificate, []);
        var assessment = verifier.Verify(SignatureFormat.OpenPgp, OpenPgpVerifierTests.Armor(PgpForge.Packet(2, signature)), Payload, [trusted]);
        assessment.Verdict.ShouldBe(assessment.Diagnostic is null ? Verdict.Pass : Verdict.Fail);
        return assessment.Diagnostic;
    }
}
