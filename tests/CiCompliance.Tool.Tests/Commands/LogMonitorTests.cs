using CiCompliance.Cryptography;
using CiCompliance.Keys;
using CiCompliance.Testing;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Tool.Tests.Commands;

/// <summary>The verb over real log folders, and two that share a key: what one operator could show to two people.</summary>
public sealed class LogMonitorTests
{
    private static readonly SignatureVerifier Verifier = new();

    private TempDirectory temporary = null!;
    private GeneratedKey key = null!;

    [SetUp]
    public void SetUp()
    {
        temporary = new TempDirectory();
        key = KeyGenerator.Generate(KeyAlgorithm.EcdsaP256);
        var trusted = new TrustedKey(key.KeyId, "log.example.test", KeyRole.Log, KeyAlgorithm.EcdsaP256, key.PublicKey, []);
        File.WriteAllBytes(temporary.Combine("trust.json"), new TrustStore(TrustStore.CurrentVersion, [trusted]).ToJson());
        using var signer = key.OpenSigner();
        LogStore.Create(temporary.Combine("log"), "log.example.test", signer, [], Verifier, TimeProvider.System).Dispose();
        Copy("log", "fork");
    }

    [TearDown]
    public void TearDown()
    {
        key.Dispose();
        temporary.Dispose();
    }

    [Test]
    public async Task Monitor_WhileTheLogGrows_KeepsWhatItSawLast()
    {
        Monitor("log").Answer.ShouldContain("seen for the first time");
        await GrowAsync("log", 3);

        var second = Monitor("log");

        second.ExitCode.ShouldBe(0);
        second.Answer.ShouldContain("4 entries begin with the 1 seen before");
        Checkpoint.Parse(File.ReadAllBytes(Seen)).Size.ShouldBe(4);
        Monitor("log").ExitCode.ShouldBe(0);
    }

    [TestCase(2)]
    [TestCase(3)]
    [TestCase(1, Description = "shown less than before")]
    public async Task Monitor_WhenTheLogForked_KeepsBothCheckpointsAndAsksAgain(int grown)
    {
        await GrowAsync("log", 2);
        await GrowAsync("fork", grown);
        Monitor("log").ExitCode.ShouldBe(0);
        var before = File.ReadAllBytes(Seen);

        var alarm = Monitor("fork");

        alarm.ExitCode.ShouldBe(1);
        alarm.Messages.ShouldContain("CIC4202");
        var trusted = new TrustedKey(key.KeyId, "log.example.test", KeyRole.Log, KeyAlgorithm.EcdsaP256, key.PublicKey, []);
        var kept = Directory.GetFiles(temporary.Path, "seen.fork-*").Order().Select(file => Checkpoint.Parse(File.ReadAllBytes(file))).ToList();
        kept.Select(checkpoint => checkpoint.Size).ShouldBe([3, 1 + grown]);
        kept.ShouldAllBe(checkpoint => checkpoint.IsOf(trusted, Verifier));
        File.ReadAllBytes(Seen).ShouldBe(before);
        Monitor("fork").ExitCode.ShouldBe(1);
    }

    [Test]
    public void Monitor_WhenTheKeyIsAnother_Refuses()
    {
        using var other = KeyGenerator.Generate(KeyAlgorithm.EcdsaP256);
        File.WriteAllBytes(temporary.Combine("trust.json"), new TrustStore(TrustStore.CurrentVersion,
            [new TrustedKey(other.KeyId, "log.example.test", KeyRole.Log, KeyAlgorithm.EcdsaP256, other.PublicKey, [])]).ToJson());

        var refused = Monitor("log");

        refused.ExitCode.ShouldBe(1);
        refused.Messages.ShouldContain("CIC4204");
        File.Exists(Seen).ShouldBeFalse();
    }

    [Test]
    public void Monitor_WhenWhatItSawIsNotACheckpoint_Refuses()
    {
        File.WriteAllText(Seen, "x");

        Monitor("log").Messages.ShouldContain("CIC4203");
    }

    [TestCase("seen")]
    [TestCase("not-mounted/seen")]
    public void Monitor_WhenWhatItSawCannotBeRead_DoesNotBeginAnew(string target)
    {
        File.CreateSymbolicLink(Seen, target);

        var refused = Monitor("log");

        refused.ExitCode.ShouldBe(2);
        refused.Messages.ShouldContain("CIC0007");
    }

    [Test]
    public void Monitor_WhenItCannotKeepWhatItSaw_IsUndecided()
    {
        Directory.CreateDirectory(Seen + ".new");

        var undecided = Monitor("log");

        undecided.ExitCode.ShouldBe(3);
        undecided.Messages.ShouldContain("CIC4205");
    }

    [TestCase("v1")]
    [TestCase("v2")]
    public void Monitor_WhenTheServerIsDown_IsUndecidedAndSaysWhatToRunAgain(string api)
    {
        var undecided = ToolRun.Process(["log", "monitor", "http://127.0.0.1:9", "--api", api, "--trust", "trust.json", "--seen", "seen"], temporary.Path);

        undecided.ExitCode.ShouldBe(3);
        undecided.Messages.ShouldContain("CIC4101");
        undecided.Messages.ShouldContain("Run cicompliance log monitor again");
        undecided.Messages.ShouldNotContain("record");
    }

    [TestCase("v1")]
    [TestCase("v2")]
    public void Monitor_WhenTheAddressIsBad_NamesItsOperand(string api)
    {
        var refused = ToolRun.Process(["log", "monitor", "http://log.example.test", "--api", api, "--trust", "trust.json", "--seen", "seen"], temporary.Path);

        refused.ExitCode.ShouldBe(2);
        refused.Messages.ShouldContain("LOG : error CIC4104");
        refused.Messages.ShouldNotContain("log.url");
    }

    [Test]
    public void Monitor_WhenTheFileIsOfTheOtherInterface_IsAUsageErrorAndNoAlarm()
    {
        using var signer = key.OpenSigner();
        File.WriteAllBytes(Seen, Checkpoint.Sign("log.example.test", 1, new byte[32], signer).ToBytes());

        var refused = Monitor("log");

        refused.ExitCode.ShouldBe(2);
        refused.Messages.ShouldContain("CIC4203");
        refused.Messages.ShouldContain("--api");
        Directory.GetFiles(temporary.Path, "seen.fork-*").ShouldBeEmpty();
    }

    private string Seen => temporary.Combine("seen");

    private ToolRun Monitor(string log) => ToolRun.Process(["log", "monitor", log, "--trust", "trust.json", "--seen", "seen"], temporary.Path);

    private async Task GrowAsync(string log, int entries)
    {
        using var signer = key.OpenSigner();
        using var store = LogStore.Open(temporary.Combine(log), signer, Verifier, TimeProvider.System);
        await store.AppendAsync([.. Enumerable.Range(0, entries).Select(_ => TestLog.SomeEntry())], CancellationToken.None);
    }

    private void Copy(string from, string to)
    {
        Directory.CreateDirectory(temporary.Combine(to));
        foreach (var file in Directory.GetFiles(temporary.Combine(from)))
        {
            File.Copy(file, Path.Combine(temporary.Combine(to), Path.GetFileName(file)));
        }
    }
}
