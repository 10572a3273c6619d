using System.Text;
using CiCompliance.Cryptography.OpenPgp;
using CiCompliance.Diagnostics;
using CiCompliance.Keys;
using CiCompliance.Source;
using CiCompliance.Testing;

namespace CiCompliance.Cryptography.Tests.OpenPgp;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class OpenPgpVerifierTests : IDisposable
{
    private static readonly byte[] Payload = Encoding.UTF8.GetBytes("tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n\n提交\n");

    private readonly GpgHome gpg = new();
    private readonly ObjectSignatureVerifier verifier = new();

    public void Dispose() => gpg.Dispose();

    [TestCase("rsa3072")]
    [TestCase("rsa4096")]
    [TestCase("nistp256")]
    [TestCase("nistp384")]
    [TestCase("nistp521")]
    [TestCase("ed25519")]
    public void Verify_WhenGpgSigned_PassesAndItsTwinsFail(string algorithm)
    {
        var fingerprint = gpg.Generate("dev@example.cn", algorithm);
        var trusted = Trust(fingerprint);
        var signature = gpg.Sign(fingerprint, Payload);

        var assessment = Verify(signature, trusted);
        assessment.Diagnostic.ShouldBeNull();
        assessment.Verdict.ShouldBe(Verdict.Pass);
        assessment.Signers.ShouldHaveSingleItem().KeyId.ShouldBe(fingerprint);
        assessment.Signers[0].SignedAt.ShouldNotBeNull();

        Code(Verify(signature, trusted, [.. Payload, (byte)'\n'])).ShouldBe(SourceDiagnostics.BadSignature);
        Code(Verify(signature, trusted, Payload[..^1])).ShouldBe(SourceDiagnostics.BadSignature);
        Code(Verify(signature)).ShouldBe(SourceDiagnostics.UnknownKey);
    }

    [Test]
    public void Verify_WhenAnyBitOfTheSignatureIsFlipped_NeverPassesForAnotherMeaning()
    {
        var fingerprint = gpg.Generate("dev@example.cn", "ed25519");
        var trusted = Trust(fingerprint);
        var packet = PgpArmor.Decode(gpg.Sign(fingerprint, Payload), "PGP SIGNATURE", out _);
        var unhashed = UnhashedRange(packet);
        for (var i = 0; i < packet.Length * 8; i++)
        {
            var twin = packet.ToArray();
            twin[i / 8] ^= (byte)(1 << (i % 8));
            var assessment = Verify(Armor(twin), trusted);
            // The two bytes behind the unhashed area are the digest's left 16 bits, a shortcut that decides nothing.
            if (i / 8 < unhashed.Start.Value || i / 8 >= unhashed.End.Value + 2)
            {
                assessment.Verdict.ShouldBe(Verdict.Fail, $"bit {i}");
            }
        }
    }

    [Test]
    public void Verify_WhenSignatureIsTruncatedOrExtended_Fails()
    {
        var fingerprint = gpg.Generate("dev@example.cn", "nistp256");
        var trusted = Trust(fingerprint);
        var packet = PgpArmor.Decode(gpg.Sign(fingerprint, Payload), "PGP SIGNATURE", out _);
        Verify(Armor(packet), trusted).Verdict.ShouldBe(Verdict.Pass, "the checksum may be absent");
        for (var length = 0; length < packet.Length; length++)
        {
            Verify(Armor(packet[..length]), trusted).Verdict.ShouldBe(Verdict.Fail);
        }

        Verify(Armor([.. packet, 0]), trusted).Verdict.ShouldBe(Verdict.Fail);
    }

    [Test]
    public void Verify_WhenTrustedKeyIsDamagedAnywhere_NeverThrows()
    {
        var fingerprint = gpg.Generate("dev@example.cn", "ed25519");
        var good = Trust(fingerprint);
        var signature = gpg.Sign(fingerprint, Payload);
        for (var i = 0; i < good.PublicKey.Length; i++)
        {
            var twin = good.PublicKey.ToArray();
            twin[i] ^= 0xFF;
            Verify(signature, good with { PublicKey = twin }).Verdict.ShouldBeOneOf(Verdict.Fail, Verdict.Pass);
            Verify(signature, good with { PublicKey = good.PublicKey[..i] }).Verdict.ShouldBe(Verdict.Fail);
        }
    }

    [Test]
    public void Verify_WhenTrustedIdIsAnotherFingerprint_IsAnUnknownKey()
    {
        var fingerprint = gpg.Generate("dev@example.cn", "ed25519");
        Code(Verify(gpg.Sign(fingerprint, Payload), Trust(fingerprint) with { Id = new string('0', 40) })).ShouldBe(SourceDiagnostics.UnknownKey);
    }

    [Test]
    public void Verify_WhenAnotherKeySigned_NamesIt()
    {
        var known = Trust(gpg.Generate("dev@example.cn", "ed25519"));
        var unknown = gpg.Generate("eve@example.cn", "ed25519");
        var assessment = Verify(gpg.Sign(unknown, Payload), known);
        Code(assessment).ShouldBe(SourceDiagnostics.UnknownKey);
        assessment.Signers.ShouldHaveSingleItem().KeyId.ShouldBe(unknown);
    }

    [TestCase("SHA1", "CIC1006")]
    [TestCase("SHA224", "CIC1006")]
    [TestCase("SHA384", null)]
    [TestCase("SHA512", null)]
    public void Verify_WhenHashIsChosen_AcceptsOnlyStrongOnes(string hash, string? code)
    {
        var fingerprint = gpg.Generate("dev@example.cn", "rsa2048");
        Verify(gpg.Sign(fingerprint, Payload, at: null, "--digest-algo", hash), Trust(fingerprint)).Diagnostic?.Code.ShouldBe(code);
    }

    [TestCase("rsa1024", "RSA 2048")]
    [TestCase("dsa2048", "DSA")]
    public void Verify_WhenKeyIsWeak_SaysSo(string algorithm, string word)
    {
        var fingerprint = gpg.Generate("dev@example.cn", algorithm);
        var assessment = Verify(gpg.Sign(fingerprint, Payload, at: null, "--digest-algo", "SHA256"), Trust(fingerprint));
        Code(assessment).ShouldBe(SourceDiagnostics.WeakAlgorithm);
        assessment.Detail.En.ShouldContain(word);
    }

    [Test]
    public void Verify_WhenSelfSignaturesRestOnSha1_SaysSo()
    {
        gpg.Run(null, "--cert-digest-algo", "SHA1", "--quick-generate-key", "old@example.cn", "rsa2048", "sign", "never");
        var fingerprint = gpg.Fingerprints("old@example.cn")[0];
        Code(Verify(gpg.Sign(fingerprint, Payload), Trust(fingerprint))).ShouldBe(SourceDiagnostics.WeakAlgorithm);
    }

    [Test]
    public void Verify_WhenSignatureIsOverText_IsUnsupported()
    {
        var fingerprint = gpg.Generate("dev@example.cn", "ed25519");
        Code(Verify(gpg.Sign(fingerprint, Payload, at: null, "--textmode"), Trust(fingerprint))).ShouldBe(SourceDiagnostics.UnsupportedSignature);
    }

    [Test]
    public void Verify_WhenSignatureExpires_IsUnsupported()
    {
        var fingerprint = gpg.Generate("dev@example.cn", "ed25519");
        Code(Verify(gpg.Sign(fingerprint, Payload, at: null, "--default-sig-expire", "1y"), Trust(fingerprint))).ShouldBe(SourceDiagnostics.UnsupportedSignature);
    }

    [Test]
    public void Verify_WhenNotationIsCritical_IsUnsupported()
    {
        var fingerprint = gpg.Generate("dev@example.cn", "ed25519");
        Code(Verify(gpg.Sign(fingerprint, Payload, at: null, "--sig-notation", "!must@example.cn=understood"), Trust(fingerprint)))
            .ShouldBe(SourceDiagnostics.UnsupportedSignature);
        Verify(gpg.Sign(fingerprint, Payload, at: null, "--sig-notation", "may@example.cn=ignored"), Trust(fingerprint)).Verdict.ShouldBe(Verdict.Pass);
    }

    [Test]
    public void Verify_WhenSignatureIsFromTheFuture_Fails()
    {
        var fingerprint = gpg.Generate("dev@example.cn", "ed25519", at: "20200101T000000");
        Code(Verify(gpg.Sign(fingerprint, Payload, at: "20990101T000000"), Trust(fingerprint))).ShouldBe(SourceDiagnostics.BadSignature);
    }

    [Test]
    public void Verify_WhenKeyHasExpired_DependsOnTheTimeOfSigning()
    {
        var fingerprint = gpg.Generate("dev@example.cn", "ed25519", expire: "2023-01-01", at: "20220101T000000");
        var trusted = Trust(fingerprint);
        Verify(gpg.Sign(fingerprint, Payload, at: "20220601T000000"), trusted).Verdict.ShouldBe(Verdict.Pass);

        // gpg doesn't sign with an expired key, so it believes in a longer life that the trusted copy doesn't know.
        gpg.Run("20220701T000000", "--quick-set-expire", fingerprint, "never");
        var late = gpg.Sign(fingerprint, Payload, at: "20230601T000000");
        Code(Verify(late, trusted)).ShouldBe(SourceDiagnostics.ExpiredKey);
        Verify(late, Trust(fingerprint)).Verdict.ShouldBe(Verdict.Pass, "the newest self-signature decides");
    }

    [Test]
    public void Verify_WhenTrustStoreHasAWindow_JudgesTheTimeOfSigning()
    {
        var fingerprint = gpg.Generate("dev@example.cn", "ed25519", at: "20220101T000000");
        var trusted = Trust(fingerprint);
        var signature = gpg.Sign(fingerprint, Payload, at: "20220601T000000");
        var time = new DateTimeOffset(2022, 6, 1, 0, 0, 0, TimeSpan.Zero);
        Verify(signature, trusted with { ValidFrom = time, ValidUntil = time }).Verdict.ShouldBe(Verdict.Pass);
        Code(Verify(signature, trusted with { ValidFrom = time.AddSeconds(1) })).ShouldBe(SourceDiagnostics.ExpiredKey);
        Code(Verify(signature, trusted with { ValidUntil = time.AddSeconds(-1) })).ShouldBe(SourceDiagnostics.ExpiredKey);
        Verify(signature, trusted with { Revocation = new KeyRevocation(RevocationReason.Retired, time) }).Verdict.ShouldBe(Verdict.Pass);
        Code(Verify(signature, trusted with { Revocation = new KeyRevocation(RevocationReason.Retired, time.AddSeconds(-1)) })).ShouldBe(SourceDiagnostics.RevokedKey);
        Code(Verify(signature, trusted with { Revocation = new KeyRevocation(RevocationReason.Compromised, time.AddYears(1)) })).ShouldBe(SourceDiagnostics.RevokedKey);
        Code(Verify(signature, trusted with { Revocation = new KeyRevocation(RevocationReason.Unspecified, time.AddYears(1)) })).ShouldBe(SourceDiagnostics.RevokedKey);
    }

    [TestCase("0", "CIC1007", "CIC1007", Description = "no reason")]
    [TestCase("1", "CIC1007", "CIC1007", Description = "compromised")]
    [TestCase("2", null, "CIC1007", Description = "superseded")]
    [TestCase("3", null, "CIC1007", Description = "no longer used")]
    public void Verify_WhenKeyIsRevoked_TheReasonDecidesAboutOlderSignatures(string reason, string? before, string after)
    {
        var fingerprint = gpg.Generate("dev@example.cn", "ed25519", at: "20220101T000000");
        var early = gpg.Sign(fingerprint, Payload, at: "20220601T000000");
        var late = gpg.Sign(fingerprint, Payload, at: "20230601T000000");
        var revocation = gpg.RunInteractive("20230101T000000", $"y\n{reason}\n\ny\n", "--armor", "--gen-revoke", fingerprint).Output;
        gpg.Import(revocation);
        var trusted = Trust(fingerprint);
        Verify(early, trusted).Diagnostic?.Code.ShouldBe(before);
        Verify(early, trusted).Verdict.ShouldBe(before is null ? Verdict.Pass : Verdict.Fail);
        Code(Verify(late, trusted)).Code.ShouldBe(after);
    }

    [Test]
    public void Verify_WhenRevocationCannotBeVerified_CountsAsRevoked()
    {
        var fingerprint = gpg.Generate("dev@example.cn", "ed25519");
        var signature = gpg.Sign(fingerprint, Payload);
        gpg.Import(gpg.RunInteractive(null, "y\n2\n\ny\n", "--armor", "--gen-revoke", fingerprint).Output);
        var trusted = Trust(fingerprint);
        var damaged = trusted.PublicKey.ToArray();
        var revocation = damaged.AsSpan().IndexOf(new byte[] { 4, 0x20, 22 });
        damaged[revocation + 6] ^= 0x20;
        Code(Verify(signature, trusted with { PublicKey = damaged })).ShouldBe(SourceDiagnostics.RevokedKey);
    }

    [TestCase("rsa2048")]
    [TestCase("ed25519")]
    public void Verify_WhenASubkeySigned_PassesUnlessItIsRevokedOrUnbound(string algorithm)
    {
        var fingerprint = gpg.Generate("dev@example.cn", "ed25519", usage: "cert", at: "20220101T000000");
        gpg.Run("20220102T000000", "--quick-add-key", fingerprint, algorithm, "sign", "never");
        var subkey = gpg.Fingerprints("dev@example.cn")[1];
        var signature = gpg.Sign(subkey + "!", Payload, at: "20220601T000000");
        var trusted = Trust(fingerprint);
        var assessment = Verify(signature, trusted);
        assessment.Verdict.ShouldBe(Verdict.Pass);
        assessment.Signers.ShouldHaveSingleItem().KeyId.ShouldBe(fingerprint, "the trusted key is the certificate");

        Code(Verify(signature, WithoutBackSignature(trusted))).ShouldBe(SourceDiagnostics.UnsupportedSignature);

        gpg.RunInteractive("20220701T000000", "key 1\nrevkey\ny\n1\n\ny\nsave\n", "--edit-key", fingerprint);
        Code(Verify(signature, Trust(fingerprint))).ShouldBe(SourceDiagnostics.RevokedKey);
    }

    [Test]
    public void Verify_WhenSubkeyHasExpired_Fails()
    {
        var fingerprint = gpg.Generate("dev@example.cn", "ed25519", usage: "cert", at: "20220101T000000");
        gpg.Run("20220102T000000", "--quick-add-key", fingerprint, "ed25519", "sign", "2022-07-01");
        var subkey = gpg.Fingerprints("dev@example.cn")[1];
        var trusted = Trust(fingerprint);
        Verify(gpg.Sign(subkey + "!", Payload, at: "20220601T000000"), trusted).Verdict.ShouldBe(Verdict.Pass);
        gpg.Run("20220602T000000", "--quick-set-expire", fingerprint, "never", subkey);
        Code(Verify(gpg.Sign(subkey + "!", Payload, at: "20220801T000000"), trusted)).ShouldBe(SourceDiagnostics.ExpiredKey);
    }

    [Test]
    public void Verify_WhenEveryUserIdIsRevoked_Fails()
    {
        var fingerprint = gpg.Generate("dev@example.cn", "ed25519", at: "20220101T000000");
        var signature = gpg.Sign(fingerprint, Payload, at: "20220601T000000");
        gpg.Run("20220701T000000", "--quick-add-uid", fingerprint, "other@example.cn");
        gpg.Run("20230101T000000", "--quick-revoke-uid", fingerprint, "dev@example.cn");
        Verify(signature, Trust(fingerprint)).Verdict.ShouldBe(Verdict.Pass, "the other user id holds the key");
        var revokedOnly = gpg.Run(null, "--export-filter", "keep-uid=uid =~ dev", "--export", fingerprint).Output;
        Code(Verify(signature, Trust(fingerprint) with { PublicKey = revokedOnly })).ShouldBe(SourceDiagnostics.UnsupportedSignature);
    }

    [Test]
    public void Verify_WhenKeyMayOnlyCertify_Fails()
    {
        var fingerprint = gpg.Generate("dev@example.cn", "ed25519", usage: "sign,cert", at: "20220101T000000");
        var signature = gpg.Sign(fingerprint, Payload, at: "20220601T000000");
        gpg.RunInteractive("20230101T000000", "change-usage\ns\nq\nsave\n", "--expert", "--edit-key", fingerprint);
        Code(Verify(signature, Trust(fingerprint))).ShouldBe(SourceDiagnostics.UnsupportedSignature);
    }

    [TestCase("-----BEGIN PGP SIGNATURE-----\n\n")]
    [TestCase("-----BEGIN PGP SIGNATURE-----\n\n-----END PGP SIGNATURE-----\n")]
    [TestCase("-----BEGIN PGP SIGNATURE-----\n\nAAAA\n-----END PGP SIGNATURE-----\n")]
    [TestCase("-----BEGIN PGP SIGNATURE-----\n\n????\n-----END PGP SIGNATURE-----\n")]
    [TestCase("-----BEGIN PGP SIGNATURE-----\niQ==\n-----END PGP SIGNATURE-----\n")]
    [TestCase("-----BEGIN PGP MESSAGE-----\n\niQ==\n-----END PGP MESSAGE-----\n")]
    [TestCase("")]
    public void Verify_WhenArmorIsMalformed_Fails(string armor) =>
        Code(Verify(Encoding.ASCII.GetBytes(armor))).ShouldBe(SourceDiagnostics.BadSignature);

    [Test]
    public void Verify_WhenArmorIsChanged_Fails()
    {
        var fingerprint = gpg.Generate("dev@example.cn", "ed25519");
        var trusted = Trust(fingerprint);
        var armor = Encoding.ASCII.GetString(gpg.Sign(fingerprint, Payload));
        var checksum = armor.IndexOf("\n=", StringComparison.Ordinal) + 2;
        Code(Verify(Encoding.ASCII.GetBytes(armor.Remove(checksum, 4).Insert(checksum, "AAAA")), trusted)).ShouldBe(SourceDiagnostics.BadSignature);
        Code(Verify(Encoding.ASCII.GetBytes(armor + armor), trusted)).ShouldBe(SourceDiagnostics.BadSignature);
        Code(Verify(Encoding.ASCII.GetBytes("x" + armor), trusted)).ShouldBe(SourceDiagnostics.BadSignature);
        Code(Verify(new byte[1 << 20], trusted)).ShouldBe(SourceDiagnostics.BadSignature);
        Verify(Encoding.ASCII.GetBytes(armor.Replace("\n", "\r\n", StringComparison.Ordinal)), trusted).Verdict.ShouldBe(Verdict.Pass);
    }

    [Test]
    public void Verify_WhenManyThreadsVerify_AllAgree()
    {
        var trusted = new[] { "rsa2048", "ed25519", "nistp256" }.Select(algorithm => Trust(gpg.Generate($"{algorithm}@example.cn", algorithm))).ToArray();
        var signatures = trusted.Select(key => gpg.Sign(key.Id, Payload)).ToArray();
        Parallel.For(0, 300, i => Verify(signatures[i % 3], trusted).Signers.ShouldHaveSingleItem().KeyId.ShouldBe(trusted[i % 3].Id));
    }

    internal static byte[] Armor(byte[] packets) => Encoding.ASCII.GetBytes(
        $"-----BEGIN PGP SIGNATURE-----\n\n{Convert.ToBase64String(packets)}\n-----END PGP SIGNATURE-----\n");

    private static Diagnostic Code(SignatureAssessment assessment)
    {
        assessment.Verdict.ShouldBe(Verdict.Fail);
        return assessment.Diagnostic.ShouldNotBeNull();
    }

    private static Range UnhashedRange(byte[] packet)
    {
        var reader = new PgpReader(packet);
        var start = packet.Length - reader.ReadPacket(out _).Length;
        var hashedLength = (packet[start + 4] << 8) + packet[start + 5];
        var unhashed = start + 6 + hashedLength;
        return unhashed..(unhashed + 2 + (packet[unhashed] << 8) + packet[unhashed + 1]);
    }

    // Subpacket 32 becomes a private one: the binding itself still verifies, since the back signature isn't hashed.
    private static TrustedKey WithoutBackSignature(TrustedKey key)
    {
        var data = key.PublicKey.ToArray();
        var embedded = data.AsSpan().LastIndexOf(new byte[] { 32, 4, 0x19 });
        data[embedded] = 100;
        return key with { PublicKey = data };
    }

    private TrustedKey Trust(string fingerprint) =>
        new(fingerprint, "dev", KeyRole.Committer, KeyAlgorithm.OpenPgp, gpg.Export(fingerprint), []);

    private SignatureAssessment Verify(byte[] signature, params TrustedKey[] committers) => Verify(signature, committers, Payload);

    private SignatureAssessment Verify(byte[] signature, TrustedKey committer, byte[] payload) => Verify(signature, [committer], payload);

    private SignatureAssessment Verify(byte[] signature, TrustedKey[] committers, byte[] payload) =>
        verifier.Verify(SignatureFormat.OpenPgp, signature, payload, committers);
}
