using CiCompliance.Testing;

namespace CiCompliance.Build.Tests.EndToEnd;

/// <summary>Keys and trust stores that a run cannot use.</summary>
public sealed class KeyTests : EndToEndTests
{
    [Test]
    public void MissingKeyFile_IsUsage()
    {
        Case.Options["--sm2-key"] = "/nonexistent/key.pem";
        var outcome = Refused(2, "CIC0020");
        outcome.Messages.ShouldNotContain("/nonexistent");
    }

    [Test]
    public void MalformedKey_IsUsage()
    {
        Case.Options["--sm2-key"] = Secret("key.pem", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
        Refused(2, "CIC3001");
    }

    [Test]
    public void P256WhereSm2IsWanted_IsUsage()
    {
        Case.Options["--sm2-key"] = Scenario.KeyFile("p256-key");
        Refused(2, "CIC3004");
    }

    [Test]
    public void KeyOthersCanRead_IsUsage()
    {
        var key = Secret("key.pem", File.ReadAllText(Scenario.KeyFile("sm2-key")));
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Case.Options["--sm2-key"] = key;
        Refused(2, "CIC3006");
    }

    [Test]
    public void EncryptedKey_NeedsItsPassphrase()
    {
        Case.Options["--sm2-key"] = Encrypted("sm2-key", "right");
        Refused(2, "CIC3002");
        Case.Options["--sm2-key-passphrase"] = Secret("wrong", "wrong\n");
        Refused(2, "CIC3003");
    }

    [Test]
    public void HostileTrustStore_IsUsage([Values("", "{", "[]", "{\"version\":1,\"keys\":[{\"id\":1}]}", "deep", "extended")] string text)
    {
        var good = File.ReadAllText(Scenario.Trust);
        Case.WithTrust(System.Text.Encoding.UTF8.GetBytes(text switch
        {
            "deep" => new string('[', 100_000),
            "extended" => good.TrimEnd() + "{}",
            _ => text,
        }));
        Refused(2, "CIC0008");
    }

    [Test]
    public void HostileKeyring_IsRefusedAndTheTrustStoreStays([Values("empty", "text", "truncated", "huge packet", "nested")] string kind)
    {
        var gpg = Scenario.TrustStore.Keys.First(key => key.Algorithm == CiCompliance.Keys.KeyAlgorithm.OpenPgp).PublicKey;
        var keyring = Case.Folder.Combine("keyring.gpg");
        File.WriteAllBytes(keyring, kind switch
        {
            "empty" => [],
            "text" => "not a keyring"u8.ToArray(),
            "truncated" => gpg[..(gpg.Length / 2)],
            "huge packet" => [0x99, 0xff, 0xff, .. gpg[3..]],
            _ => [.. Enumerable.Repeat<byte>(0xa3, 10_000)],
        });
        var store = Case.Folder.Combine("store.json");
        File.Copy(Scenario.Trust, store);
        Case.Options.Clear();
        Case.Options["--role"] = "committer";
        Case.Options["--trust"] = store;
        var outcome = Case.Run("trust", "import", keyring);

        outcome.ExitCode.ShouldBe(2, outcome.Messages);
        outcome.Messages.ShouldMatch("CIC310[0-9]");
        File.ReadAllText(store).ShouldBe(File.ReadAllText(Scenario.Trust));
        Directory.GetFiles(Case.Folder.Path, "*.partial").ShouldBeEmpty();
    }

    private string Secret(string name, string content) => Secrets.Write(Case, name, content);

    private string Encrypted(string option, string passphrase) => Secrets.Encrypt(Case, option, passphrase);
}
