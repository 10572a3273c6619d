using System.Text;
using CiCompliance.Diagnostics;
using CiCompliance.Keys;
using CiCompliance.Testing;

namespace CiCompliance.Cryptography.Tests.Ssh;

/// <summary>Files of OpenSSH keys; where a line could be read in two ways, the real ssh-keygen says what it means.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class SshImportTests : IDisposable
{
    private static readonly byte[] Payload = [.. "tree\n"u8];

    private readonly SshHome ssh = new();
    private readonly string key;

    public SshImportTests() => key = ssh.Generate("dev", "ed25519");

    private string Line => SshHome.Line(key);

    public void Dispose() => ssh.Dispose();

    [Test]
    public void Import_OfAllowedSigners_TakesPrincipalsAndTimes()
    {
        var second = ssh.Generate("li", "ecdsa-384");
        var import = Import($"""
            # the team

            dev@example.cn,zhang,*@dev.example.cn valid-after="20260101Z",valid-before="202612312359Z" {Line} Zhang San's
            "li@example.cn" NAMESPACES="file,g?t" {SshHome.Line(second)}
            """.Replace("\n", "\r\n", StringComparison.Ordinal));
        import.Findings.ShouldBeEmpty();
        import.Keys.Select(trusted => trusted.Id).ShouldBe([SshHome.Trust(key).Id, SshHome.Trust(second).Id]);
        import.Keys.ShouldAllBe(trusted => trusted.Algorithm == KeyAlgorithm.Ssh && trusted.Role == KeyRole.Committer);
        import.Keys[0].PublicKey.ShouldBe(SshHome.Blob(key));
        import.Keys[0].Identities.ShouldBe(["dev@example.cn", "*@dev.example.cn"]);
        import.Keys[0].ValidFrom.ShouldBe(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        import.Keys[0].ValidUntil.ShouldBe(new DateTimeOffset(2026, 12, 31, 23, 59, 0, TimeSpan.Zero));
        import.Keys[1].Identities.ShouldBe(["li@example.cn"]);
        TrustStore.Parse(new TrustStore(1, import.Keys).ToJson()).Keys.Count.ShouldBe(2);
    }

    [Test]
    public void Import_OfAPublicKeyFile_TakesItsCommentAsANameOnly()
    {
        var commented = Import($"{Line} dev@laptop").Keys.ShouldHaveSingleItem();
        commented.Name.ShouldBe("dev@laptop");
        commented.Identities.ShouldBeNull();
        Import(Line).Keys.ShouldHaveSingleItem().Name.ShouldBe("keys");
        Import(File.ReadAllText(key + ".pub")).Keys.ShouldHaveSingleItem().Id.ShouldBe(SshHome.Trust(key).Id);
    }

    [TestCase("dev@example.cn", true)]
    [TestCase("*@example.cn", true)]
    [TestCase("\"dev@example.cn\"", true)]
    [TestCase("ssh-bot@example.cn,dev@example.cn", true)]
    [TestCase("dev@example.cn namespaces=\"git\"", true)]
    [TestCase("dev@example.cn namespaces=\"*\"", true)]
    [TestCase("dev@example.cn namespaces=\"file,git\"", true)]
    [TestCase("dev@example.cn namespaces=\"file\"", false)]
    [TestCase("dev@example.cn namespaces=\"Git\"", false)]
    [TestCase("dev@example.cn cert-authority", false)]
    [TestCase("dev@example.cn cert-authority,namespaces=\"git\"", false)]
    [TestCase("dev@example.cn valid-after=\"20200101Z\"", true)]
    [TestCase("dev@example.cn valid-before=\"20200101Z\"", false)]
    [TestCase("dev@example.cn valid-after=\"20200101000000Z\",valid-before=\"20300101000000Z\"", true)]
    [TestCase("dev@example.cn from=\"10.0.0.0/8\"", false)]
    [TestCase("dev@example.cn namespaces=git", false)]
    [TestCase("dev@example.cn namespaces=\"git\" valid-before=\"20300101Z\"", false)]
    [TestCase("dev@example.cn namespaces=\"git\",namespaces=\"git\"", false)]
    [TestCase("dev@example.cn valid-after=\"20300101Z\",valid-before=\"20200101Z\"", false)]
    [TestCase("dev@example.cn valid-after=\"yesterday\"", false)]
    [TestCase("dev@example.cn,!*@example.cn", false)]
    public void Import_OfOneLine_TrustsWhatSshKeygenDoes(string head, bool isTrusted)
    {
        var text = $"{head} {Line}\n";
        var signature = ssh.Sign(key, Payload);
        ssh.Accepts(text, signature, Payload).ShouldBe(isTrusted);
        Passes(text, signature).ShouldBe(isTrusted);
    }

    [TestCase("dev@example.cn valid-before=\"20300101\"", "Z", Description = "a time of another moment on each machine")]
    [TestCase("dev@example.cn valid-after=\"20200101\"", "Z")]
    [TestCase("?ev@example.cn", "?")]
    [TestCase("dev@example.cn,!eve@example.cn", "!")]
    [TestCase("dev@example.cn namespaces=\"git,!file\"", "namespaces")]
    public void Import_OfALineThatSshKeygenTrusts_IsStricterAndSaysWhy(string head, string word)
    {
        var text = $"{head} {Line}\n";
        ssh.Accepts(text, ssh.Sign(key, Payload), Payload).ShouldBeTrue();
        var other = SshHome.Line(ssh.Generate("li", "ed25519"));
        var import = Import($"{text}li@example.cn {other}\n");
        import.Keys.ShouldHaveSingleItem().Name.ShouldBe("li@example.cn");
        var finding = import.Findings.ShouldHaveSingleItem();
        finding.Diagnostic.ShouldBe(TrustImportDiagnostics.LeftOut);
        finding.What.En.ShouldStartWith("line 1 ");
        finding.What.En.ShouldContain(word);
        Refusal(text).ShouldBe(TrustImportDiagnostics.NothingUsable);
    }

    [TestCase("cert-authority")]
    [TestCase("no-pty")]
    [TestCase("restrict,verify-required")]
    [TestCase("from=\"*@example.cn\"")]
    [TestCase("environment=\"MAIL=dev@example.cn\"")]
    public void Import_OfAuthorizedKeysWithOptions_LeavesThemOut(string options) =>
        Refusal($"{options} {Line}\n").ShouldBe(TrustImportDiagnostics.NothingUsable);

    [Test]
    public void Import_OfOneKeyInTwoLines_JoinsItsPrincipalsAndRefusesTwoWindows()
    {
        var joined = Import($"dev@example.cn {Line}\nzhang@example.cn,dev@example.cn {Line}\n{Line} laptop\n").Keys.ShouldHaveSingleItem();
        joined.Identities.ShouldBe(["dev@example.cn", "zhang@example.cn"]);
        foreach (var other in new[] { "zhang@example.cn", "dev@example.cn valid-before=\"20310101Z\"", "dev@example.cn valid-after=\"20200101Z\"" })
        {
            Refusal($"dev@example.cn valid-before=\"20300101Z\" {Line}\n{other} {Line}\n").ShouldBe(TrustImportDiagnostics.Malformed);
        }
    }

    [Test]
    public void Import_OfAKeyThatIsNotAccepted_LeavesItOut()
    {
        using var rsa = System.Security.Cryptography.RSA.Create(1024);
        Peer.Run("ssh-keygen", ["-q", "-s", key, "-I", "dev", "-n", "dev@example.cn", key + ".pub"]);
        var import = Import($"""
            old@example.cn ssh-rsa {Convert.ToBase64String(SshForge.RsaBlob(rsa))}
            old@example.cn ssh-dss {Convert.ToBase64String([.. SshForge.Text("ssh-dss"), .. SshForge.Mpint([1])])}
            new@example.cn ssh-ed448 {Convert.ToBase64String(SshForge.Text("ssh-ed448"))}
            dev@example.cn {File.ReadAllText(key + "-cert.pub").Trim()}
            dev@example.cn {Line}
            """);
        import.Keys.ShouldHaveSingleItem().Id.ShouldBe(SshHome.Trust(key).Id);
        import.Findings.Select(finding => finding.What.En.Split(' ')[1]).ShouldBe(["1", "2", "3", "4"]);
    }

    [TestCase("dev@example.cn ssh-ed25519")]
    [TestCase("dev@example.cn ssh-ed25519 ????")]
    [TestCase("dev@example.cn ssh-ed25519 AAAA")]
    [TestCase("dev@example.cn ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f", Description = "the blob is an Ed25519 key")]
    [TestCase("dev@example.cn ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4fAA==", Description = "something lies behind it")]
    [TestCase("\"dev@example.cn ssh-ed25519 AAAA")]
    [TestCase("dev@example.cn \"x")]
    [TestCase("dev@example.cn namespaces=\"git ssh-ed25519 AAAA")]
    [TestCase("---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n---- END SSH2 PUBLIC KEY ----")]
    public void Import_OfAnotherForm_Refuses(string text) => Refusal(text).ShouldBe(TrustImportDiagnostics.Malformed);

    [Test]
    public void Import_OfAPrivateKeyOrForAnotherRole_Refuses()
    {
        Refusal(File.ReadAllText(key)).ShouldBe(TrustImportDiagnostics.SecretKey);
        Refusal(Line, KeyRole.Log).ShouldBe(TrustImportDiagnostics.WrongRole);
        Refusal(Line, KeyRole.EvidenceP256).ShouldBe(TrustImportDiagnostics.WrongRole);
    }

    [Test]
    public void Import_OfADamagedFile_NeverFailsOtherwiseNorGivesAKeyMoreThanTheFileSays()
    {
        var good = Encoding.UTF8.GetBytes($"dev@example.cn namespaces=\"git\",valid-after=\"20200101Z\" {Line} c\nzhang@example.cn cert-authority {SshHome.Line(ssh.Generate("ca", "ed25519"))}\n");
#pragma warning disable CA5394 // the test needs a sequence that repeats
        var random = new Random(1);
        for (var i = 0; i < 3000; i++)
        {
            var twin = good.ToArray();
            for (var changes = random.Next(1, 4); changes > 0; changes--)
            {
                twin[random.Next(twin.Length)] = (byte)random.Next(256);
            }

            try
            {
                var from = random.Next(2) * random.Next(good.Length);
#pragma warning restore CA5394
                foreach (var found in KeyringImporter.Import("keys", twin.AsSpan(from), KeyRole.Committer, []).Keys)
                {
                    found.Id.ShouldBe(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(found.PublicKey)));
                    (found.Identities?.Count ?? 0).ShouldBeLessThanOrEqualTo(4);
                }
            }
            catch (CiComplianceException e)
            {
                e.Diagnostic.Code.ShouldStartWith("CIC31");
                e.Message.ShouldAllBe(c => c >= (char)32);
            }
        }
    }

    [Test]
    public void Import_OfAnOptionWithControlCharacters_ShowsNone() =>
        Import($"dev@example.cn e\u001b[2Jvil {Line}\n{Line}\n").Findings.ShouldHaveSingleItem().What.En.ShouldContain("e?[2jvil");

    private static KeyringImport Import(string text, KeyRole role = KeyRole.Committer) => KeyringImporter.Import("keys", Encoding.UTF8.GetBytes(text), role, []);

    private static Diagnostic Refusal(string text, KeyRole role = KeyRole.Committer) =>
        Should.Throw<CiComplianceException>(() => Import(text, role)).Diagnostic;

    private static bool Passes(string text, byte[] signature)
    {
        try
        {
            return new ObjectSignatureVerifier().Verify(CiCompliance.Source.SignatureFormat.Ssh, signature, Payload, Import(text).Keys,
                new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)).Verdict == Verdict.Pass;
        }
        catch (CiComplianceException e) when (e.Diagnostic == TrustImportDiagnostics.NothingUsable || e.Diagnostic == TrustImportDiagnostics.Malformed)
        {
            return false;
        }
    }
}
