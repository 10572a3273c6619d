using CiCompliance.Cryptography;
using CiCompliance.Go.Sumdb;
using CiCompliance.Keys;
using CiCompliance.Testing;

namespace CiCompliance.Tool.Tests.Commands;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class GoProxyInitTests : IDisposable
{
    private const string Name = "sum.example.test";

    private readonly TempDirectory temporary = new();

    public void Dispose() => temporary.Dispose();

    [Test]
    public async Task Init_WithANewKey_WritesItForItsOwnerAlone_AndPrintsGosumdb()
    {
        var run = await InitAsync("--name", Name, "--new-key", "sumdb.pem");

        run.ExitCode.ShouldBe(0, run.Messages);
        File.GetUnixFileMode(Key).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        using var signer = new SignerFactory().Open(new KeyReference(Key, null, null), KeyAlgorithm.Ed25519);
        using var store = SumdbStore.Open(temporary.Combine("proxy", "sumdb"), signer, null, new SignatureVerifier(), TimeProvider.System);
        run.Answer.ShouldBe($"GOSUMDB={store.Key}\n");
        store.Key.Name.ShouldBe(Name);
        store.Head.Size.ShouldBe(0);
    }

    [Test]
    public async Task Init_WithAKeyThatIsThere_IsOfThatKey_AndTheSm2KeySignsToo()
    {
        Generate(KeyAlgorithm.Ed25519, "ed25519.pem");
        Generate(KeyAlgorithm.Sm2, "sm2.pem");

        var run = await InitAsync("--name", Name, "--sumdb-key", "ed25519.pem", "--sumdb-sm2-key", "sm2.pem");

        run.ExitCode.ShouldBe(0, run.Messages);
        using var signer = new SignerFactory().Open(new KeyReference(temporary.Combine("ed25519.pem"), null, null), KeyAlgorithm.Ed25519);
        run.Answer.ShouldBe($"GOSUMDB={SumdbStore.KeyOf(Name, signer)}\n");
        var head = await File.ReadAllTextAsync(temporary.Combine("proxy", "sumdb", "checkpoint"));
        head.Split('\n').Count(line => line.StartsWith($"— {Name} ", StringComparison.Ordinal)).ShouldBe(2);
    }

    [Test]
    public async Task Init_OverADatabase_IsRefused_AndLeavesNoKey()
    {
        (await InitAsync("--name", Name, "--new-key", "sumdb.pem")).ExitCode.ShouldBe(0);
        var before = await File.ReadAllBytesAsync(temporary.Combine("proxy", "sumdb", "checkpoint"));

        var run = await InitAsync("--name", Name, "--new-key", "other.pem");

        run.ExitCode.ShouldBe(2);
        run.Messages.ShouldContain("CIC4004");
        File.Exists(temporary.Combine("other.pem")).ShouldBeFalse();
        (await File.ReadAllBytesAsync(temporary.Combine("proxy", "sumdb", "checkpoint"))).ShouldBe(before);
    }

    [Test]
    public async Task Init_OverAKey_IsRefused_AndKeepsIt()
    {
        temporary.Write("sumdb.pem", "somebody's");

        var run = await InitAsync("--name", Name, "--new-key", "sumdb.pem");

        run.ExitCode.ShouldBe(2);
        run.Messages.ShouldContain("CIC3011");
        (await File.ReadAllTextAsync(Key)).ShouldBe("somebody's");
        Directory.Exists(temporary.Combine("proxy")).ShouldBeFalse();
    }

    [Test]
    public async Task Init_WithBothKeysOrNone_IsAUsageError()
    {
        Generate(KeyAlgorithm.Ed25519, "ed25519.pem");
        foreach (var keys in new string[][] { [], ["--new-key", "sumdb.pem", "--sumdb-key", "ed25519.pem"] })
        {
            var run = await InitAsync(["--name", Name, .. keys]);
            run.ExitCode.ShouldBe(2);
            run.Messages.ShouldContain("CIC0003");
            run.Messages.ShouldContain("one key");
        }

        File.Exists(Key).ShouldBeFalse();
        Directory.Exists(temporary.Combine("proxy")).ShouldBeFalse();
    }

    [TestCase("Sum.example.test")]
    [TestCase("sum example")]
    [TestCase("https://sum.example.test")]
    public async Task Init_WithANameThatIsNone_WritesNoKey(string name)
    {
        var run = await InitAsync("--name", name, "--new-key", "sumdb.pem");

        run.ExitCode.ShouldBe(2);
        run.Messages.ShouldContain("CIC4008");
        File.Exists(Key).ShouldBeFalse();
    }

    [Test]
    public async Task Init_WithAKeyOfAnotherKind_IsRefused()
    {
        Generate(KeyAlgorithm.EcdsaP256, "p256.pem");

        var run = await InitAsync("--name", Name, "--sumdb-key", "p256.pem");

        run.ExitCode.ShouldBe(2);
        Directory.Exists(temporary.Combine("proxy")).ShouldBeFalse();
    }

    private string Key => temporary.Combine("sumdb.pem");

    private void Generate(KeyAlgorithm algorithm, string file)
    {
        using var key = KeyGenerator.Generate(algorithm);
        key.Save(temporary.Combine(file));
    }

    private Task<ToolRun> InitAsync(params string[] options) =>
        ToolRun.InProcessAsync(new FakeComposition(), temporary.Path, ["goproxy", "init", "proxy", .. options]);
}
