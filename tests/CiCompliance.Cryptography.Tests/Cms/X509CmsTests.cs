using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using CiCompliance.Cryptography.Cms;
using CiCompliance.Diagnostics;
using CiCompliance.Keys;
using CiCompliance.Source;
using CiCompliance.Testing;

namespace CiCompliance.Cryptography.Tests.Cms;

/// <summary>RSA and ECDSA signatures by openssl cms, each beside what only looks like it.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class X509CmsTests : IDisposable
{
    private static readonly byte[] Payload = [.. "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n\ncommit\n"u8];

    private readonly TempDirectory directory = new();
    private readonly ObjectSignatureVerifier verifier = new();

    public void Dispose() => directory.Dispose();

    [TestCase("rsa2048", "sha256")]
    [TestCase("rsa3072", "sha384")]
    [TestCase("rsa4096", "sha512")]
    [TestCase("p256", "sha256")]
    [TestCase("p256", "sha512")]
    [TestCase("p384", "sha256")]
    [TestCase("p384", "sha384")]
    [TestCase("p521", "sha512")]
    public void Verify_WhenOpensslSigned_PassesAndItsTwinsFail(string kind, string digest)
    {
        var key = X509Key.Create(directory, kind);
        var message = key.Sign(Payload, "-md", digest);
        var assessment = Verify(message, key.Trusted);
        assessment.Detail.En.ShouldContain("verifies");
        assessment.Verdict.ShouldBe(Verdict.Pass);
        assessment.Signers.ShouldHaveSingleItem().KeyId.ShouldBe(key.Trusted.Id);

        verifier.Verify(SignatureFormat.Cms, CmsMessage.Armor(message), [.. Payload, 0], [key.Trusted]).Diagnostic.ShouldBe(SourceDiagnostics.BadSignature);
        var sameSubject = X509Key.Create(directory, kind);
        Verify(message, sameSubject.Trusted).Diagnostic.ShouldBe(SourceDiagnostics.UnknownKey);
        Verify(message, key.Trusted with { Algorithm = KeyAlgorithm.Sm2 }).Diagnostic.ShouldBe(SourceDiagnostics.UnknownKey);
        var last = message.ToArray();
        last[^1] ^= 1;
        Verify(last, key.Trusted).Diagnostic.ShouldBe(SourceDiagnostics.BadSignature);
    }

    [Test]
    public void Verify_WhenAnyByteIsChanged_NeverPassesOutsideTheCertificate()
    {
        var key = X509Key.Create(directory, "p256");
        var message = key.Sign(Payload);
        var start = message.AsSpan().IndexOf(key.Certificate.RawData);
        for (var i = start + key.Certificate.RawData.Length; i < message.Length; i++)
        {
            var twin = message.ToArray();
            twin[i] ^= 1;
            Verify(twin, key.Trusted).Verdict.ShouldBe(Verdict.Fail, $"byte {i}");
        }

        for (var length = 0; length < message.Length; length += 11)
        {
            Verify(message[..length], key.Trusted).Verdict.ShouldBe(Verdict.Fail);
        }
    }

    [Test]
    public void Verify_WhenSignerIsNamedByKeyIdentifier_Passes()
    {
        var key = X509Key.Create(directory, "rsa2048");
        Verify(key.Sign(Payload, "-keyid"), key.Trusted).Diagnostic.ShouldBeNull();
        var other = X509Key.Create(directory, "rsa2048");
        Verify(X509Key.SignWith([key], Payload, "-keyid", "-nocerts", "-certfile", other.CertificateFile), key.Trusted, other.Trusted)
            .Diagnostic.ShouldBe(SourceDiagnostics.BadSignature);
    }

    [TestCase("sha1")]
    [TestCase("md5")]
    [TestCase("sha224")]
    public void Verify_WhenTheDigestIsWeak_Refuses(string digest)
    {
        foreach (var key in new[] { X509Key.Create(directory, "rsa2048"), X509Key.Create(directory, "p256") })
        {
            if (key.Key is RSA || digest != "md5")
            {
                Verify(key.Sign(Payload, "-md", digest), key.Trusted).Diagnostic.ShouldBe(SourceDiagnostics.WeakAlgorithm);
            }
        }
    }

    [Test]
    public void Verify_WhenTheRsaKeyIsShort_Refuses()
    {
        var key = X509Key.Create(directory, "rsa1024");
        Verify(key.Sign(Payload), key.Trusted with { Algorithm = KeyAlgorithm.Rsa }).Diagnostic.ShouldBe(SourceDiagnostics.WeakAlgorithm);
    }

    [Test]
    public void Verify_WhenThePaddingIsPss_IsUnsupported()
    {
        var key = X509Key.Create(directory, "rsa2048");
        Verify(key.Sign(Payload, "-keyopt", "rsa_padding_mode:pss"), key.Trusted).Diagnostic.ShouldBe(SourceDiagnostics.UnsupportedSignature);
    }

    [Test]
    public void Verify_WhenTheContentIsAttached_IsUnsupported()
    {
        var key = X509Key.Create(directory, "p256");
        Verify(key.Sign(Payload, "-nodetach"), key.Trusted).Diagnostic.ShouldBe(SourceDiagnostics.UnsupportedSignature);
    }

    [Test]
    public void Verify_WhenTheCertificateIsLeftOut_Fails()
    {
        var key = X509Key.Create(directory, "p256");
        Verify(key.Sign(Payload, "-nocerts"), key.Trusted).Diagnostic.ShouldBe(SourceDiagnostics.BadSignature);
    }

    [Test]
    public void Verify_WhenTheCertificateHadExpired_TheKeyWasNotValid()
    {
        var key = X509Key.Create(directory, "rsa2048", from: DateTimeOffset.UtcNow.AddDays(-9), until: DateTimeOffset.UtcNow.AddDays(-1));
        Verify(key.Sign(Payload), key.Trusted).Diagnostic.ShouldBe(SourceDiagnostics.ExpiredKey);
        var current = X509Key.Create(directory, "rsa2048");
        Verify(current.Sign(Payload), current.Trusted with { ValidUntil = DateTimeOffset.UtcNow.AddDays(-1) }).Diagnostic.ShouldBe(SourceDiagnostics.ExpiredKey);
        Verify(current.Sign(Payload), current.Trusted with { Revocation = new(RevocationReason.Compromised, DateTimeOffset.UtcNow) }).Diagnostic.ShouldBe(SourceDiagnostics.RevokedKey);
    }

    [Test]
    public void Verify_WhenTheCertificateIsNotForSignatures_IsUnsupported()
    {
        var encrypting = X509Key.Create(directory, "rsa2048", usage: X509KeyUsageFlags.KeyEncipherment);
        Verify(encrypting.Sign(Payload), encrypting.Trusted).Diagnostic.ShouldBe(SourceDiagnostics.UnsupportedSignature);
        byte[] nothing = [5, 0];
        var critical = X509Key.Create(directory, "rsa2048", extensions: new X509Extension("1.2.3.4.5", nothing, critical: true));
        Verify(critical.Sign(Payload), critical.Trusted).Diagnostic.ShouldBe(SourceDiagnostics.UnsupportedSignature);
        var harmless = X509Key.Create(directory, "rsa2048", extensions: new X509Extension("1.2.3.4.5", nothing, critical: false));
        Verify(harmless.Sign(Payload), harmless.Trusted).Diagnostic.ShouldBeNull();
    }

    [Test]
    public void Verify_WhenTwoSigned_BothAreJudged()
    {
        var (one, two) = (X509Key.Create(directory, "rsa2048"), X509Key.Create(directory, "rsa2048", name: "Second"));
        var message = X509Key.SignWith([one, two], Payload);
        Verify(message, one.Trusted, two.Trusted).Signers.Select(signer => signer.KeyId).ShouldBe([one.Trusted.Id, two.Trusted.Id], ignoreOrder: true);
        Verify(message, one.Trusted).Diagnostic.ShouldBe(SourceDiagnostics.UnknownKey);
        Verify(message, two.Trusted).Diagnostic.ShouldBe(SourceDiagnostics.UnknownKey);

        var signatures = SignedData.Parse(message).Signers.Select(signer => signer.Signature).ToList();
        var swapped = message.ToArray();
        signatures[1].CopyTo(swapped, message.AsSpan().IndexOf(signatures[0]));
        signatures[0].CopyTo(swapped, message.AsSpan().IndexOf(signatures[1]));
        Verify(swapped, one.Trusted, two.Trusted).Diagnostic.ShouldBe(SourceDiagnostics.BadSignature);
    }

    [Test]
    public void Verify_WhenThereAreTooManySigners_IsUnsupported()
    {
        var keys = Enumerable.Range(0, 17).Select(_ => X509Key.Create(directory, "p256")).ToList();
        TrustedKey[] trusted = [.. keys.Select(key => key.Trusted)];
        Verify(X509Key.SignWith(keys[1..], Payload), trusted).Signers.Count.ShouldBe(16);
        Verify(X509Key.SignWith(keys, Payload), trusted).Diagnostic.ShouldBe(SourceDiagnostics.UnsupportedSignature);
    }

    [Test]
    public void Verify_WhenAnAttributeIsMissingOrTwice_Fails()
    {
        var key = X509Key.Create(directory, "rsa2048");
        var type = (CmsOids.ContentType, (Action<AsnWriter>[])[writer => writer.WriteObjectIdentifier(CmsOids.Pkcs7Data)]);
        Action<AsnWriter> digest = writer => writer.WriteOctetString(SHA256.HashData(Payload));
        Action<AsnWriter> other = writer => writer.WriteOctetString(SHA256.HashData([0]));
        Action<AsnWriter> now = writer => writer.WriteUtcTime(DateTimeOffset.UtcNow);
        (string, Action<AsnWriter>[]) time = (CmsOids.SigningTime, [now]);
        SignatureAssessment Judge(int version, params (string, Action<AsnWriter>[])[] attributes) =>
            verifier.Verify(SignatureFormat.Cms, CmsMessage.Sign(key, version, attributes), Payload, [key.Trusted]);

        Judge(1, type, (CmsOids.MessageDigest, [digest]), time).Diagnostic.ShouldBeNull();
        Judge(1, type, (CmsOids.MessageDigest, [digest])).Diagnostic.ShouldBeNull();
        Judge(1, type, time).Diagnostic.ShouldBe(SourceDiagnostics.BadSignature);
        Judge(1, (CmsOids.MessageDigest, [digest]), time).Diagnostic.ShouldBe(SourceDiagnostics.BadSignature);
        Judge(1, type, (CmsOids.MessageDigest, [digest]), (CmsOids.MessageDigest, [other])).Diagnostic.ShouldBe(SourceDiagnostics.BadSignature);
        Judge(1, type, (CmsOids.MessageDigest, [digest, other])).Diagnostic.ShouldBe(SourceDiagnostics.BadSignature);
        Judge(1, type, (CmsOids.MessageDigest, [])).Diagnostic.ShouldBe(SourceDiagnostics.BadSignature);
        Judge(2, type, (CmsOids.MessageDigest, [digest]), time).Diagnostic.ShouldBe(SourceDiagnostics.UnsupportedSignature);
    }

    [TestCase("rsa3072", KeyAlgorithm.Rsa)]
    [TestCase("p256", KeyAlgorithm.EcdsaP256)]
    [TestCase("p384", KeyAlgorithm.EcdsaP384)]
    [TestCase("p521", KeyAlgorithm.EcdsaP521)]
    public void Import_WhenFileIsACommittersCertificate_TakesWindowAndAddresses(string kind, KeyAlgorithm algorithm)
    {
        var key = X509Key.Create(directory, kind);
        var trusted = KeyringImporter.Import(key.CertificateFile, KeyRole.Committer, []).Keys.ShouldHaveSingleItem();
        trusted.Algorithm.ShouldBe(algorithm);
        trusted.Name.ShouldBe("Dev");
        trusted.Identities.ShouldBe(["dev@alt.example.cn", "dev@example.cn"]);
        trusted.ValidUntil.ShouldBe(new DateTimeOffset(key.Certificate.NotAfter.ToUniversalTime()));
        Verify(key.Sign(Payload), trusted).Diagnostic.ShouldBeNull();
        TrustStore.Parse(new TrustStore(1, [trusted]).ToJson()).Keys[0].Algorithm.ShouldBe(algorithm);

        var bare = KeyringImporter.Import("dev.pub", Encoding.ASCII.GetBytes(key.Key.ExportSubjectPublicKeyInfoPem()), KeyRole.Committer, []).Keys.ShouldHaveSingleItem();
        bare.Id.ShouldBe(trusted.Id);
        bare.Identities.ShouldBeNull();

        // A time-stamping authority's certificate may hold any of them.
        KeyringImporter.Import(key.CertificateFile, KeyRole.Tsa, []).Keys.ShouldHaveSingleItem().Algorithm.ShouldBe(algorithm);
        foreach (var role in new[] { KeyRole.EvidenceSm2, KeyRole.Log, KeyRole.Witness, KeyRole.Sumdb })
        {
            if (algorithm != KeyAlgorithm.EcdsaP256 || role is KeyRole.EvidenceSm2 or KeyRole.Sumdb)
            {
                Should.Throw<CiComplianceException>(() => KeyringImporter.Import(key.CertificateFile, role, [])).Diagnostic.ShouldBe(TrustImportDiagnostics.WrongRole);
            }
        }
    }

    private SignatureAssessment Verify(byte[] message, params TrustedKey[] trusted) =>
        verifier.Verify(SignatureFormat.Cms, CmsMessage.Armor(message), Payload, trusted);
}
