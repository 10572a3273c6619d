using System.Text;
using CiCompliance.Diagnostics;
using CiCompliance.Keys;
using CiCompliance.Source;
using CiCompliance.Testing;

namespace CiCompliance.Cryptography.Tests.Ssh;

/// <summary>Signatures that the real ssh-keygen made, and what it thinks of their twins.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class SshVerifierTests : IDisposable
{
    private static readonly byte[] Payload = Encoding.UTF8.GetBytes("tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n\n提交\n");
    private static readonly DateTimeOffset Claimed = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly SshHome ssh = new();
    private readonly ObjectSignatureVerifier verifier = new();

    public void Dispose() => ssh.Dispose();

    [TestCase("ed25519")]
    [TestCase("ecdsa-256")]
    [TestCase("ecdsa-384")]
    [TestCase("ecdsa-521")]
    [TestCase("rsa-2048")]
    [TestCase("rsa-4096")]
    public void Verify_WhenSshKeygenSigned_PassesAndItsTwinsFail(string algorithm)
    {
        var (key, other) = (ssh.Generate("dev", algorithm), ssh.Generate("eve", algorithm));
        var (trusted, stranger) = (SshHome.Trust(key), SshHome.Trust(other));
        var (allowed, foreign) = ($"dev@example.cn {SshHome.Line(key)}", $"dev@example.cn {SshHome.Line(other)}");
        foreach (var hash in new[] { "sha256", "sha512" })
        {
            var signature = ssh.Sign(key, Payload, "git", "-O", "hashalg=" + hash);
            var assessment = Verify(signature, trusted, stranger);
            assessment.Diagnostic.ShouldBeNull();
            assessment.Verdict.ShouldBe(Verdict.Pass);
            assessment.Signers.ShouldBe([new ObjectSigner(trusted.Id, Claimed)]);
            ssh.Accepts(allowed, signature, Payload).ShouldBeTrue();

            byte[] altered = [.. Payload, (byte)'\n'];
            Code(Verify(signature, altered, trusted)).ShouldBe(SourceDiagnostics.BadSignature);
            ssh.Accepts(allowed, signature, altered).ShouldBeFalse();
            Code(Verify(signature, stranger)).ShouldBe(SourceDiagnostics.UnknownKey);
            ssh.Accepts(foreign, signature, Payload).ShouldBeFalse();
        }

        var file = ssh.Sign(key, Payload, "file");
        Code(Verify(file, trusted)).ShouldBe(SourceDiagnostics.BadSignature);
        ssh.Accepts(allowed, file, Payload).ShouldBeFalse();
    }

    [Test]
    public void Verify_WhenTheArmourIsCutOrLengthened_FailsAsSshKeygenDoes()
    {
        var key = ssh.Generate("dev", "ed25519");
        var (trusted, allowed) = (SshHome.Trust(key), $"dev@example.cn {SshHome.Line(key)}");
        var signature = ssh.Sign(key, Payload);
        var blob = SshHome.Dearmour(signature);
        Verify(SshHome.Armour(blob), trusted).Verdict.ShouldBe(Verdict.Pass);
        for (var length = 0; length < signature.Length - 1; length++)
        {
            Code(Verify(signature[..length], trusted)).ShouldBe(SourceDiagnostics.BadSignature);
        }

        for (var length = 0; length < blob.Length; length++)
        {
            Verify(SshHome.Armour(blob[..length]), trusted).Verdict.ShouldBe(Verdict.Fail);
        }

        foreach (var twin in new[] { signature[..(signature.Length / 2)], SshHome.Armour(blob[..^1]), SshHome.Armour([.. blob, 0]), [.. "x"u8, .. signature] })
        {
            Code(Verify(twin, trusted)).ShouldBe(SourceDiagnostics.BadSignature);
            ssh.Accepts(allowed, twin, Payload).ShouldBeFalse();
        }

        // OpenSSH does not look behind the end line.
        foreach (var twin in new[] { (byte[])[.. signature, .. signature], [.. signature, .. "x\n"u8] })
        {
            Code(Verify(twin, trusted)).ShouldBe(SourceDiagnostics.BadSignature);
        }

        Code(Verify(new byte[1 << 20], trusted)).ShouldBe(SourceDiagnostics.BadSignature);
    }

    [TestCase("ed25519")]
    [TestCase("ecdsa-256")]
    [TestCase("rsa-2048")]
    public void Verify_WhenAnyBitIsFlipped_Fails(string algorithm)
    {
        var key = ssh.Generate("dev", algorithm);
        var trusted = SshHome.Trust(key);
        var blob = SshHome.Dearmour(ssh.Sign(key, Payload));
        for (var i = 0; i < blob.Length * 8; i++)
        {
            var twin = blob.ToArray();
            twin[i / 8] ^= (byte)(1 << (i % 8));
            Verify(SshHome.Armour(twin), trusted).Verdict.ShouldBe(Verdict.Fail, $"bit {i}");
        }
    }

    [Test]
    public void Verify_WhenTheKeyHasAWindow_TheObjectsTimeDecidesAsForSshKeygen()
    {
        var key = ssh.Generate("dev", "ed25519");
        var (trusted, signature) = (SshHome.Trust(key), ssh.Sign(key, Payload));
        foreach (var (offset, code) in new[] { (-1, "CIC1004"), (0, null), (1, null), (2, null), (3, "CIC1004") })
        {
            var at = Claimed.AddSeconds(offset);
            var window = trusted with { ValidFrom = Claimed, ValidUntil = Claimed.AddSeconds(2) };
            verifier.Verify(SignatureFormat.Ssh, signature, Payload, [window], at).Diagnostic?.Code.ShouldBe(code);
            ssh.Accepts($"dev@example.cn valid-after=\"20260101000000Z\",valid-before=\"20260101000002Z\" {SshHome.Line(key)}", signature, Payload,
                at.ToString("yyyyMMddHHmmss'Z'", System.Globalization.CultureInfo.InvariantCulture)).ShouldBe(code is null);
        }

        Code(Verify(signature, trusted with { Revocation = new KeyRevocation(RevocationReason.Compromised, Claimed.AddYears(1)) })).ShouldBe(SourceDiagnostics.RevokedKey);
        Code(Verify(signature, trusted with { Revocation = new KeyRevocation(RevocationReason.Retired, Claimed.AddSeconds(-1)) })).ShouldBe(SourceDiagnostics.RevokedKey);
        Verify(signature, trusted with { Revocation = new KeyRevocation(RevocationReason.Retired, Claimed) }).Verdict.ShouldBe(Verdict.Pass);
    }

    [Test]
    public void Verify_WhenTheObjectNamesNoTimeOrALaterOneThanNow_Fails()
    {
        var key = ssh.Generate("dev", "ed25519");
        var (trusted, signature) = (SshHome.Trust(key), ssh.Sign(key, Payload));
        Code(verifier.Verify(SignatureFormat.Ssh, signature, Payload, [trusted])).ShouldBe(SourceDiagnostics.BadSignature);
        Code(verifier.Verify(SignatureFormat.Ssh, signature, Payload, [trusted], DateTimeOffset.UtcNow.AddHours(1))).ShouldBe(SourceDiagnostics.BadSignature);
        verifier.Verify(SignatureFormat.Ssh, signature, Payload, [trusted], DateTimeOffset.UtcNow.AddMinutes(5)).Verdict.ShouldBe(Verdict.Pass, "a clock that is a little ahead");
    }

    [Test]
    public void Verify_WhenTheRowIsOfAnotherKindOrId_IsAnUnknownKey()
    {
        var key = ssh.Generate("dev", "ed25519");
        var (trusted, signature) = (SshHome.Trust(key), ssh.Sign(key, Payload));
        Code(Verify(signature, trusted with { Algorithm = KeyAlgorithm.Ed25519 })).ShouldBe(SourceDiagnostics.UnknownKey);
        Code(Verify(signature, trusted with { Id = new string('0', 64) })).ShouldBe(SourceDiagnostics.UnknownKey);
        Code(Verify(signature, trusted with { PublicKey = [.. trusted.PublicKey, 0] })).ShouldBe(SourceDiagnostics.UnknownKey);
        Verify(signature).Signers.ShouldHaveSingleItem().KeyId.ShouldBe(trusted.Id, "the key is named for whoever looks it up");
    }

    [Test]
    public void Verify_WhenACertificateSigned_SaysThatOnlyPlainKeysAre()
    {
        var (key, authority) = (ssh.Generate("dev", "ed25519"), ssh.Generate("ca", "ed25519"));
        Peer.Run("ssh-keygen", ["-q", "-s", authority, "-I", "dev", "-n", "dev@example.cn", key + ".pub"]);
        var signature = ssh.Sign(key + "-cert.pub", Payload);
        ssh.Accepts($"dev@example.cn cert-authority {SshHome.Line(authority)}", signature, Payload).ShouldBeTrue();
        var assessment = Verify(signature, SshHome.Trust(key), SshHome.Trust(authority));
        Code(assessment).ShouldBe(SourceDiagnostics.UnsupportedSignature);
        assessment.Detail.En.ShouldContain("certificate");
    }

    private static Diagnostic Code(SignatureAssessment assessment)
    {
        assessment.Verdict.ShouldBe(Verdict.Fail);
        return assessment.Diagnostic.ShouldNotBeNull();
    }

    private SignatureAssessment Verify(byte[] signature, params TrustedKey[] committers) =>
        verifier.Verify(SignatureFormat.Ssh, signature, Payload, committers, Claimed);

    private SignatureAssessment Verify(byte[] signature, byte[] payload, TrustedKey committer) =>
        verifier.Verify(SignatureFormat.Ssh, signature, payload, [committer], Claimed);
}
