using System.Security.Cryptography;
using System.Text;
using CiCompliance.Diagnostics;
using CiCompliance.Go.Sumdb;
using CiCompliance.Keys;
using CiCompliance.Source;
using CiCompliance.Testing;

namespace CiCompliance.Cryptography.Tests;

public sealed class KeyringImporterTests
{
    private const string SumGolangOrg = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";

    private static readonly string[] Repositories = ["github.com/acme/app"];

    [Test]
    public void Import_WhenKeyringIsOpenPgp_TakesEveryKeyArmouredOrNot()
    {
        using var gpg = new GpgHome();
        var one = gpg.Generate("Zhang San <zhang@example.cn>", "ed25519");
        var two = gpg.Generate("Li Si <li@example.cn>", "rsa2048");
        foreach (var content in new[]
        {
            gpg.Export(one, two),
            gpg.ExportArmored(one, two),
            [.. "a comment before\n"u8, .. gpg.ExportArmored(one), .. "\n"u8, .. gpg.ExportArmored(two)],
        })
        {
            var import = KeyringImporter.Import("team.asc", content, KeyRole.Committer, Repositories);
            import.Findings.ShouldBeEmpty();
            import.Keys.Select(key => key.Id).ShouldBe([one, two]);
            import.Keys[0].Name.ShouldBe("Zhang San <zhang@example.cn>");
            import.Keys[0].Algorithm.ShouldBe(KeyAlgorithm.OpenPgp);
            import.Keys[0].Repositories.ShouldBe(Repositories);
            new ObjectSignatureVerifier().Verify(SignatureFormat.OpenPgp, gpg.Sign(two, [.. "x"u8]), "x"u8, import.Keys).Signers.ShouldHaveSingleItem().KeyId.ShouldBe(two);
        }
    }

    [Test]
    public void Import_WhenAKeyCannotSign_LeavesItOutAndSaysSo()
    {
        using var gpg = new GpgHome();
        var good = gpg.Generate("dev@example.cn", "ed25519");
        var weak = gpg.Generate("old@example.cn", "rsa1024");
        var import = KeyringImporter.Import("team.gpg", gpg.Export(good, weak), KeyRole.Committer, []);
        import.Keys.ShouldHaveSingleItem().Id.ShouldBe(good);
        var finding = import.Findings.ShouldHaveSingleItem();
        finding.Diagnostic.ShouldBe(TrustImportDiagnostics.LeftOut);
        finding.What.En.ShouldContain(weak);
        Refusal(gpg.Export(weak), KeyRole.Committer).ShouldBe(TrustImportDiagnostics.NothingUsable);
    }

    [Test]
    public void Import_WhenKeyIsDsa_LeavesItOutAndSaysSo()
    {
        using var gpg = new GpgHome();
        var (good, weak) = (gpg.Generate("dev@example.cn", "ed25519"), gpg.Generate("old@example.cn", "dsa2048"));
        var import = KeyringImporter.Import("team.gpg", gpg.Export(good, weak), KeyRole.Committer, []);
        import.Keys.ShouldHaveSingleItem().Id.ShouldBe(good);
        import.Findings.ShouldHaveSingleItem().What.En.ShouldContain("DSA");
    }

    [TestCase(3)]
    [TestCase(5)]
    [TestCase(6)]
    public void Import_WhenKeyIsOfAnotherVersion_LeavesItOutAndNamesIt(byte version)
    {
        using var gpg = new GpgHome();
        byte[] other = [0xC6, 40, version, .. new byte[39]];
        var good = gpg.Export(gpg.Generate("dev@example.cn", "ed25519"));
        foreach (var keyring in new[] { (byte[])[.. other, .. good], [.. good, .. other] })
        {
            var import = KeyringImporter.Import("team.gpg", keyring, KeyRole.Committer, []);
            import.Keys.ShouldHaveSingleItem();
            import.Findings.ShouldHaveSingleItem().What.En.ShouldContain($"version {version},");
        }
    }

    [Test]
    public void Import_WhenAUserIdIsRevoked_ItIsNoIdentity()
    {
        using var gpg = new GpgHome();
        var fingerprint = gpg.Generate("Dev <dev@example.cn>", "ed25519", at: "20220101T000000");
        gpg.Run("20220701T000000", "--quick-add-uid", fingerprint, "Dev <new@example.cn>");
        Identities().ShouldBe(["dev@example.cn", "new@example.cn"], ignoreOrder: true);
        gpg.Run("20230101T000000", "--quick-revoke-uid", fingerprint, "Dev <dev@example.cn>");
        Identities().ShouldBe(["new@example.cn"]);

        IReadOnlyList<string>? Identities() => KeyringImporter.Import("team.gpg", gpg.Export(fingerprint), KeyRole.Committer, []).Keys[0].Identities;
    }

    [Test]
    public void Import_WhenKeyringHoldsASecretKey_Refuses()
    {
        using var gpg = new GpgHome();
        var fingerprint = gpg.Generate("dev@example.cn", "ed25519");
        Refusal(gpg.Run(null, "--export-secret-keys", fingerprint).Output, KeyRole.Committer).ShouldBe(TrustImportDiagnostics.SecretKey);
        Refusal(gpg.Run(null, "--armor", "--export-secret-keys", fingerprint).Output, KeyRole.Committer).ShouldBe(TrustImportDiagnostics.SecretKey);
        Refusal([.. gpg.ExportArmored(fingerprint), .. gpg.Run(null, "--armor", "--export-secret-keys", fingerprint).Output], KeyRole.Committer)
            .ShouldBe(TrustImportDiagnostics.SecretKey);
    }

    [Test]
    public void Import_WhenPemHoldsASecretKey_Refuses()
    {
        using var key = KeyGenerator.Generate(KeyAlgorithm.Sm2);
        Refusal(key.PrivateKeyPem(), KeyRole.EvidenceSm2).ShouldBe(TrustImportDiagnostics.SecretKey);
        Refusal(key.PrivateKeyPem("x"u8), KeyRole.EvidenceSm2).ShouldBe(TrustImportDiagnostics.SecretKey);
        Refusal("PRIVATE+KEY+example.org+00000000+AAAA", KeyRole.Sumdb).ShouldBe(TrustImportDiagnostics.SecretKey);
    }

    [Test]
    public void Import_WhenFileIsACertificate_TakesItsKeyNameAndDates()
    {
        var import = KeyringImporter.Import(TestVectors.PathOf("sm2", "leaf.pem"), KeyRole.EvidenceSm2, []);
        var key = import.Keys.ShouldHaveSingleItem();
        key.Algorithm.ShouldBe(KeyAlgorithm.Sm2);
        key.ValidFrom.ShouldNotBeNull().Year.ShouldBeLessThanOrEqualTo(2026);
        key.ValidUntil.ShouldNotBeNull().Year.ShouldBeGreaterThanOrEqualTo(2047);
        key.Id.ShouldBe(KeyringImporter.Import(TestVectors.PathOf("sm2", "signer.pub.pem"), KeyRole.EvidenceSm2, []).Keys[0].Id);
        key.Name.ShouldNotBeNullOrEmpty();
    }

    [TestCase(KeyAlgorithm.EcdsaP256, KeyRole.EvidenceP256)]
    [TestCase(KeyAlgorithm.EcdsaP256, KeyRole.Log)]
    [TestCase(KeyAlgorithm.Ed25519, KeyRole.Log)]
    [TestCase(KeyAlgorithm.Sm2, KeyRole.Committer)]
    public void Import_WhenFileIsAPublicKey_NamesItByItsFile(KeyAlgorithm algorithm, KeyRole role)
    {
        using var directory = new TempDirectory();
        using var key = KeyGenerator.Generate(algorithm);
        var trusted = KeyringImporter.Import(directory.Write("signing.pub", key.PublicKeyPem), role, Repositories).Keys.ShouldHaveSingleItem();
        trusted.ShouldSatisfyAllConditions(
            () => trusted.Id.ShouldBe(key.KeyId),
            () => trusted.PublicKey.ShouldBe(key.PublicKey),
            () => trusted.Algorithm.ShouldBe(algorithm),
            () => trusted.Role.ShouldBe(role),
            () => trusted.Name.ShouldBe("signing.pub"));
        TrustStore.Parse(new TrustStore(1, [trusted]).ToJson()).Keys[0].Id.ShouldBe(key.KeyId);
    }

    [TestCase(KeyAlgorithm.EcdsaP256, KeyRole.EvidenceSm2)]
    [TestCase(KeyAlgorithm.Sm2, KeyRole.EvidenceP256)]
    [TestCase(KeyAlgorithm.Ed25519, KeyRole.Committer)]
    [TestCase(KeyAlgorithm.Ed25519, KeyRole.Sumdb)]
    [TestCase(KeyAlgorithm.Ed25519, KeyRole.None)]
    public void Import_WhenRoleDoesNotFit_Refuses(KeyAlgorithm algorithm, KeyRole role)
    {
        using var key = KeyGenerator.Generate(algorithm);
        Refusal(key.PublicKeyPem, role).ShouldBe(TrustImportDiagnostics.WrongRole);
    }

    [Test]
    public void Import_WhenOpenPgpKeyIsForEvidence_Refuses()
    {
        using var gpg = new GpgHome();
        Refusal(gpg.Export(gpg.Generate("dev@example.cn", "ed25519")), KeyRole.EvidenceP256).ShouldBe(TrustImportDiagnostics.WrongRole);
    }

    [Test]
    public void Import_WhenLineIsAVerifierKey_ChecksItsHash()
    {
        var key = KeyringImporter.Import("sumdb", Encoding.ASCII.GetBytes($"# the Go team's\n{SumGolangOrg}\n"), KeyRole.Sumdb, []).Keys.ShouldHaveSingleItem();
        key.Name.ShouldBe("sum.golang.org");
        key.Algorithm.ShouldBe(KeyAlgorithm.Ed25519);
        PublicKeyInfo.AlgorithmOf(key.PublicKey).ShouldBe(KeyAlgorithm.Ed25519);

        foreach (var twin in new[]
        {
            SumGolangOrg.Replace("033de0ae", "033de0af", StringComparison.Ordinal),
            SumGolangOrg.Replace("sum.golang", "sum.goiang", StringComparison.Ordinal),
            SumGolangOrg[..^1],
            SumGolangOrg + "A",
            SumGolangOrg.Replace("golang", "gol\u0430ng", StringComparison.Ordinal),
            SumGolangOrg.Replace("033de0ae", "033DE0AE", StringComparison.Ordinal),
            SumGolangOrg.Replace("+Ac", "+Ag", StringComparison.Ordinal),
        })
        {
            Refusal(twin, KeyRole.Sumdb).ShouldBe(TrustImportDiagnostics.BadVerifierKey);
        }

        Refusal(SumGolangOrg, KeyRole.Committer).ShouldBe(TrustImportDiagnostics.WrongRole);
    }

    [Test]
    public void Import_WhenLineIsAWitnessKey_TakesItAsAWitnessOnly()
    {
        var witness = VerifierKey.Create("witness.example.org", VerifierKey.Parse(SumGolangOrg).PublicKey.AsSpan(^32..), VerifierKey.CosignatureType).ToString();
        KeyringImporter.Import("w", Encoding.ASCII.GetBytes(witness), KeyRole.Witness, []).Keys[0].Name.ShouldBe("witness.example.org");
        Refusal(witness, KeyRole.Sumdb).ShouldBe(TrustImportDiagnostics.WrongRole);
    }

    [TestCase("")]
    [TestCase("hello")]
    [TestCase("-----BEGIN PUBLIC KEY-----\nAAAA")]
    [TestCase("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    [TestCase("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA\n-----END PGP PUBLIC KEY BLOCK-----\n")]
    [TestCase("-----BEGIN PGP MESSAGE-----\n\nAAAA\n-----END PGP MESSAGE-----\n")]
    [TestCase("\0\0\0 \x01\x01\0\x02KBXf")]
    public void Import_WhenContentIsOfNoKnownForm_Refuses(string content) => Refusal(content, KeyRole.Committer).ShouldBe(TrustImportDiagnostics.Malformed);

    [Test]
    public void Import_WhenRsaKeyIsShort_LeavesItOut()
    {
        using var rsa = RSA.Create(1024);
        Refusal(rsa.ExportSubjectPublicKeyInfoPem(), KeyRole.Committer).ShouldBe(TrustImportDiagnostics.NothingUsable);
    }

    [Test]
    public void Import_WhenFileIsMissing_SaysSo() =>
        Should.Throw<CiComplianceException>(() => KeyringImporter.Import("/does/not/exist", KeyRole.Committer, [])).Diagnostic.ShouldBe(TrustImportDiagnostics.Unreadable);

    [Test]
    public void Import_WhenNameHasControlCharacters_ReplacesThem()
    {
        using var key = KeyGenerator.Generate(KeyAlgorithm.Sm2);
        using var signer = key.OpenSigner();
        var certificate = SelfSignedCertificate.Create(signer, "evil\u001b[2Jname", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(99));
        KeyringImporter.Import("c", Encoding.ASCII.GetBytes(SelfSignedCertificate.ToPem(certificate)), KeyRole.EvidenceSm2, [])
            .Keys[0].Name.ShouldBe("evil?[2Jname");
    }

    private static Diagnostic Refusal(string content, KeyRole role) => Refusal(Encoding.UTF8.GetBytes(content), role);

    private static Diagnostic Refusal(byte[] content, KeyRole role) =>
        Should.Throw<CiComplianceException>(() => KeyringImporter.Import("keys", content, role, [])).Diagnostic;
}
