using CiCompliance.Keys;
using CiCompliance.Testing;

namespace CiCompliance.Cryptography.Tests.OpenPgp;

/// <summary>Detached binary signatures over any bytes, as gpg makes them.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class OpenPgpSignatureVerifierTests : IDisposable
{
    private static readonly DateTimeOffset Then = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly GpgHome gpg = new();
    private readonly OpenPgpSignatureVerifier verifier = new(TimeProvider.System);

    public void Dispose() => gpg.Dispose();

    [TestCase("rsa3072")]
    [TestCase("nistp256")]
    [TestCase("ed25519")]
    public void Verify_WhenGpgSigned_IsValidAndItsTwinsAreBad(string algorithm)
    {
        var fingerprint = gpg.Generate("dev@example.cn", algorithm);
        var other = gpg.Generate("other@example.cn", algorithm);
        var signature = Sign(fingerprint);

        Outcome(signature, fingerprint).ShouldBe(OpenPgpOutcome.Valid);
        Outcome(signature, other).ShouldBe(OpenPgpOutcome.Bad);
        Outcome(Sign(other), fingerprint).ShouldBe(OpenPgpOutcome.Bad);
        verifier.Verify(signature, "an0ther message"u8, Trust(fingerprint), DateTimeOffset.UtcNow).Outcome.ShouldBe(OpenPgpOutcome.Bad);
        for (var length = 0; length < signature.Length; length++)
        {
            Outcome(signature[..length], fingerprint).ShouldBe(OpenPgpOutcome.Bad);
        }
    }

    [Test]
    public void Verify_WhenASubkeySigned_IsValidForTheCertificate()
    {
        var fingerprint = gpg.Generate("dev@example.cn", "ed25519", "cert");
        gpg.Run(at: null, "--quick-add-key", fingerprint, "ed25519", "sign");
        Outcome(Sign(fingerprint), fingerprint).ShouldBe(OpenPgpOutcome.Valid);
    }

    [Test]
    public void Verify_WhenItIsNotOneBinarySignature_IsBad()
    {
        var (one, two) = (gpg.Generate("one@example.cn", "ed25519"), gpg.Generate("two@example.cn", "ed25519"));
        Outcome([.. Sign(one), .. Sign(one)], one).ShouldBe(OpenPgpOutcome.Bad);
        Outcome([.. Sign(one), .. Sign(two)], one).ShouldBe(OpenPgpOutcome.Bad);
        Outcome(gpg.Sign(one, Message.ToArray()), one).ShouldBe(OpenPgpOutcome.Bad, "armoured");
        Outcome(gpg.Run(at: null, Message.ToArray(), "--textmode", "--detach-sign", "--local-user", one).Output, one).ShouldBe(OpenPgpOutcome.Bad, "over text");
        Outcome(gpg.Run(at: null, Message.ToArray(), "--sign", "--local-user", one).Output, one).ShouldBe(OpenPgpOutcome.Bad, "not detached");
        Outcome(gpg.Run(at: null, Message.ToArray(), "--digest-algo", "SHA1", "--detach-sign", "--local-user", one).Output, one).ShouldBe(OpenPgpOutcome.Bad, "SHA-1");
        Outcome(new byte[20_000], one).ShouldBe(OpenPgpOutcome.Bad, "too large");
    }

    [Test]
    public void Verify_WhenTheKeyHasExpiredSince_IsNotValidNow()
    {
        var fingerprint = gpg.Generate("dev@example.cn", "ed25519", expire: "2026-07-01", at: "20260101T000000");
        var signature = Sign(fingerprint, "20260601T000000");
        Outcome(signature, fingerprint, Then).ShouldBe(OpenPgpOutcome.Valid);
        Outcome(signature, fingerprint, Then.AddMonths(6)).ShouldBe(OpenPgpOutcome.KeyNotValid);
        Outcome(signature, fingerprint, Then.AddYears(-1)).ShouldBe(OpenPgpOutcome.KeyNotValid);
    }

    [Test]
    public void Verify_WhenTheTrustStoresWindowEnded_LeavesThatToTheCaller()
    {
        var fingerprint = gpg.Generate("dev@example.cn", "ed25519");
        var key = Trust(fingerprint) with { ValidUntil = DateTimeOffset.UnixEpoch };
        verifier.Verify(Sign(fingerprint), Message, key, DateTimeOffset.UtcNow).Outcome.ShouldBe(OpenPgpOutcome.Valid);
    }

    private static ReadOnlySpan<byte> Message => "a message"u8;

    private byte[] Sign(string fingerprint, string? at = null) => gpg.Run(at, Message.ToArray(), "--detach-sign", "--local-user", fingerprint).Output;

    private OpenPgpOutcome Outcome(byte[] signature, string fingerprint, DateTimeOffset? at = null) =>
        verifier.Verify(signature, Message, Trust(fingerprint), at ?? DateTimeOffset.UtcNow).Outcome;

    private TrustedKey Trust(string fingerprint) => KeyringImporter.Import("dev.gpg", gpg.Export(fingerprint), KeyRole.Publisher, ["git.example.cn"]).Keys[0];
}
