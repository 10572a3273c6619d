using System.Security.Cryptography;
using CiCompliance.Diagnostics;
using CiCompliance.Keys;
using CiCompliance.Source;
using CiCompliance.Testing;

namespace CiCompliance.Cryptography.Tests.Ssh;

/// <summary>What ssh-keygen doesn't write by itself: keys of authenticators, and forms that must not pass.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ForgedSshSignatureTests : IDisposable
{
    private static readonly byte[] Payload = [.. "tree\n"u8];

    private readonly SshHome ssh = new();
    private readonly RSA rsa = RSA.Create(2048);

    public void Dispose()
    {
        ssh.Dispose();
        rsa.Dispose();
    }

    [TestCase("sk-ssh-ed25519@openssh.com")]
    [TestCase("sk-ecdsa-sha2-nistp256@openssh.com")]
    public void Verify_WhenASecurityKeySigned_PassesOnlyIfItWasTouched(string type)
    {
        using var authenticator = new SshForge.Authenticator(type);
        var allowed = $"dev@example.cn {authenticator.Line}";
        foreach (var (flags, isPresent) in new[] { ((byte)1, true), ((byte)5, true), ((byte)0, false), ((byte)4, false) })
        {
            var signature = authenticator.Sign(Payload, flags);
            Judge(authenticator.Blob, signature).ShouldBe(isPresent ? null : SourceDiagnostics.UnsupportedSignature);
            ssh.Accepts(allowed, signature, [.. Payload, 0]).ShouldBeFalse();

            // ssh-keygen only shows whether somebody touched it: there this is stricter, unless whoever trusts the key says otherwise.
            ssh.Accepts(allowed, signature, Payload).ShouldBeTrue();
            var trusted = SshHome.Trust(authenticator.Blob) with { NoTouchRequired = true };
            Judge(trusted, signature, Payload).ShouldBeNull();
            Judge(trusted, signature, [.. Payload, 0]).ShouldBe(SourceDiagnostics.BadSignature);
        }

        var good = SshHome.Dearmour(authenticator.Sign(Payload));
        for (var i = good.Length - 5; i < good.Length; i++)
        {
            var twin = good.ToArray();
            twin[i] ^= 2;
            Judge(authenticator.Blob, SshHome.Armour(twin)).ShouldBe(SourceDiagnostics.BadSignature, "flags and counter are signed");
            ssh.Accepts(allowed, SshHome.Armour(twin), Payload).ShouldBeFalse();
        }
    }

    [Test]
    public void Verify_WhenTheApplicationIsAnother_IsAnotherKey()
    {
        using var authenticator = new SshForge.Authenticator("sk-ssh-ed25519@openssh.com");
        byte[] twin = [.. authenticator.Blob[..^1], (byte)'x'];
        Judge(twin, authenticator.Sign(Payload)).ShouldBe(SourceDiagnostics.UnknownKey);
    }

    [TestCase("rsa-sha2-256", "SHA256", null)]
    [TestCase("rsa-sha2-512", "SHA512", null)]
    [TestCase("ssh-rsa", "SHA1", "CIC1006")]
    [TestCase("rsa-sha2-256", "SHA512", "CIC1003")]
    [TestCase("rsa-sha2-512", "SHA1", "CIC1003")]
    [TestCase("rsa-sha2-384", "SHA384", "CIC1003")]
    [TestCase("ssh-ed25519", "SHA512", "CIC1003")]
    [TestCase("webauthn-sk-ecdsa-sha2-nistp256@openssh.com", "SHA256", "CIC1005")]
    public void Verify_WhenRsaSigned_TheNamedAlgorithmDecides(string algorithm, string hash, string? code)
    {
        var signature = rsa.SignData(SshForge.Message(Payload), new HashAlgorithmName(hash), RSASignaturePadding.Pkcs1);
        var blob = SshForge.RsaBlob(rsa);
        var armour = SshForge.Armour(blob, [.. SshForge.Text(algorithm), .. SshForge.Field(signature)]);
        Judge(blob, armour)?.Code.ShouldBe(code);
        (Judge(blob, armour) is null).ShouldBe(code is null);
        ssh.Accepts($"dev@example.cn ssh-rsa {Convert.ToBase64String(blob)}", armour, Payload).ShouldBe(code is null);
    }

    [Test]
    public void Verify_WhenTheKeyIsWeakOrOfAKindThatIsNotAccepted_SaysSo()
    {
        using var small = RSA.Create(2040);
        foreach (var (blob, code, word) in new[]
        {
            (SshForge.RsaBlob(small), SourceDiagnostics.WeakAlgorithm, "2048"),
            ([.. SshForge.Text("ssh-dss"), .. SshForge.Mpint([1])], SourceDiagnostics.WeakAlgorithm, "DSA"),
            (SshForge.Text("ssh-ed25519-cert-v01@openssh.com"), SourceDiagnostics.UnsupportedSignature, "certificate"),
            (SshForge.Text("ssh-ed448"), SourceDiagnostics.UnsupportedSignature, "ssh-ed448"),
        })
        {
            var assessment = new ObjectSignatureVerifier().Verify(
                SignatureFormat.Ssh, SshForge.Armour(blob, [.. SshForge.Text("x"), 0]), Payload, [SshHome.Trust(blob)], DateTimeOffset.UnixEpoch);
            assessment.Verdict.ShouldBe(Verdict.Fail);
            assessment.Diagnostic.ShouldBe(code);
            assessment.Detail.En.ShouldContain(word);
        }
    }

    [Test]
    public void Verify_WhenTheEnvelopeIsOfAnotherForm_Fails()
    {
        var blob = SshForge.RsaBlob(rsa);
        byte[] signature = [.. SshForge.Text("rsa-sha2-512"), .. SshForge.Field(rsa.SignData(SshForge.Message(Payload), HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1))];
        Judge(blob, SshForge.Armour(blob, signature)).ShouldBeNull();
        Judge(blob, SshForge.Armour(blob, signature, version: 2)).ShouldBe(SourceDiagnostics.UnsupportedSignature);
        Judge(blob, SshForge.Armour(blob, signature, version: 0)).ShouldBe(SourceDiagnostics.UnsupportedSignature);
        Judge(blob, SshForge.Armour(blob, signature, hash: "sha1")).ShouldBe(SourceDiagnostics.UnsupportedSignature);
        Judge(blob, SshForge.Armour(blob, signature, hash: "sha256")).ShouldBe(SourceDiagnostics.BadSignature);
        Judge(blob, SshForge.Armour(blob, signature, reserved: "x")).ShouldBe(SourceDiagnostics.BadSignature);
        Judge(blob, SshForge.Armour(blob, signature, space: "")).ShouldBe(SourceDiagnostics.BadSignature);
        Judge(blob, SshForge.Armour(blob, signature, space: "Git")).ShouldBe(SourceDiagnostics.BadSignature);
        Judge(blob, SshForge.Armour(blob, [.. signature, 0])).ShouldBe(SourceDiagnostics.BadSignature);
        Judge(blob, SshForge.Armour(blob, signature, behind: [0])).ShouldBe(SourceDiagnostics.BadSignature);
    }

    [Test]
    public void Verify_WhenTheKeyIsNotInItsShortestForm_FailsEvenIfItIsTrusted()
    {
        var key = rsa.ExportParameters(false);
        byte[] signature = [.. SshForge.Text("rsa-sha2-512"), .. SshForge.Field(rsa.SignData(SshForge.Message(Payload), HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1))];
        byte[] padded = [.. SshForge.Text("ssh-rsa"), .. SshForge.Mpint(key.Exponent!), .. SshForge.Field([0, 0, .. key.Modulus!])];
        byte[] negative = [.. SshForge.Text("ssh-rsa"), .. SshForge.Mpint(key.Exponent!), .. SshForge.Field(key.Modulus!)];
        byte[] extended = [.. SshForge.RsaBlob(rsa), 0];
        foreach (var blob in new[] { padded, negative, extended })
        {
            Judge(blob, SshForge.Armour(blob, signature)).ShouldBe(SourceDiagnostics.BadSignature);
        }
    }

    [Test]
    public void Verify_WhenTheKeyIsOffItsCurveOrOfALargeExponent_Fails()
    {
        byte[] point = [.. SshForge.Text("ecdsa-sha2-nistp256"), .. SshForge.Text("nistp256"), .. SshForge.Field([4, .. new byte[63], 1])];
        byte[] numbers = [.. SshForge.Mpint([1]), .. SshForge.Mpint([1])];
        Judge(point, SshForge.Armour(point, [.. SshForge.Text("ecdsa-sha2-nistp256"), .. SshForge.Field(numbers)])).ShouldBe(SourceDiagnostics.BadSignature);
        byte[] exponent = [.. SshForge.Text("ssh-rsa"), .. SshForge.Mpint([1, 0, 0, 0, 1]), .. SshForge.Mpint(rsa.ExportParameters(false).Modulus!)];
        Judge(exponent, SshForge.Armour(exponent, [.. SshForge.Text("rsa-sha2-512"), .. SshForge.Field([1])])).ShouldBe(SourceDiagnostics.BadSignature);
        byte[] huge = [.. SshForge.Text("ssh-rsa"), .. SshForge.Mpint([3]), .. SshForge.Mpint([.. Enumerable.Repeat((byte)0xFF, 2049)])];
        Judge(huge, SshForge.Armour(huge, [.. SshForge.Text("rsa-sha2-512"), .. SshForge.Field([1])])).ShouldBe(SourceDiagnostics.BadSignature);
    }

    private static Diagnostic? Judge(byte[] blob, byte[] armour) => Judge(SshHome.Trust(blob), armour, Payload);

    private static Diagnostic? Judge(TrustedKey key, byte[] armour, byte[] payload)
    {
        var assessment = new ObjectSignatureVerifier().Verify(SignatureFormat.Ssh, armour, payload, [key], DateTimeOffset.UnixEpoch);
        assessment.Verdict.ShouldBe(assessment.Diagnostic is null ? Verdict.Pass : Verdict.Fail);
        return assessment.Diagnostic;
    }
}
