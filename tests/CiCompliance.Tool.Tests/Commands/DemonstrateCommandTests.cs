using CiCompliance.Cryptography;
using CiCompliance.Keys;
using CiCompliance.Policy;
using CiCompliance.Testing;
using CiCompliance.Tool.Hosting;

namespace CiCompliance.Tool.Tests.Commands;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class DemonstrateCommandTests : IDisposable
{
    private readonly TempDirectory temporary = new();
    private readonly string committer;
    private readonly string folder;

    public DemonstrateCommandTests()
    {
        using var key = KeyGenerator.Generate(KeyAlgorithm.Sm2);
        committer = temporary.Write("me.pem", SelfSignedCertificate.ToPem(DemonstrationKeys.CertificateOf(key, "Me", DateTimeOffset.UtcNow)));
        folder = temporary.Combine("demonstration");
        temporary.Write("project/go.mod", "module example.com/app\n\ngo 1.23\n");
    }

    public void Dispose() => temporary.Dispose();

    [Test]
    public async Task Demonstrate_WritesPolicyKeysAndTrustForTheModule()
    {
        var run = await RunAsync(folder, "--committer", committer);

        run.ExitCode.ShouldBe(0, run.Messages);
        var policy = PolicyReader.Read(File.ReadAllBytes(Path.Combine(folder, "compliance.yml")), "compliance.yml");
        (policy.Repository, policy.Log.Kind.ToString()).ShouldBe(("example.com/app", "Ephemeral"));
        var trust = TrustStore.Parse(File.ReadAllBytes(Path.Combine(folder, "trust.json")));
        trust.Keys.Select(key => key.Role).ShouldBe(
            [KeyRole.Committer, KeyRole.EvidenceSm2, KeyRole.EvidenceP256, KeyRole.Log, KeyRole.Witness], ignoreOrder: true);
        trust.Keys.ShouldAllBe(key => key.Repositories.Count == 1 && key.Repositories[0] == "example.com/app");
        File.GetUnixFileMode(Path.Combine(folder, "keys", "sm2-key.pem")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        run.Answer.ShouldContain(" run --demonstration --project ");
    }

    [Test]
    public void Demonstrate_OfAToolThatIsNotOnPath_PrintsWhatWorksAsTyped()
    {
        var run = ToolRun.Process(["demonstrate", folder, "--committer", committer], temporary.Combine("project"));

        run.ExitCode.ShouldBe(0, run.Messages);
        var line = run.Answer.Split('\n').Single(line => line.Contains(" run --demonstration ", StringComparison.Ordinal));
        using var typed = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("/bin/sh", ["-c", line + " --help"])
        {
            WorkingDirectory = temporary.Path, RedirectStandardOutput = true,
        })!;
        var help = typed.StandardOutput.ReadToEnd();
        typed.WaitForExit();
        typed.ExitCode.ShouldBe(0, line);
        help.ShouldContain("--demonstration");
    }

    [Test]
    public async Task Demonstrate_WhenTheProjectHasAPolicy_ChangesOnlyItsLog()
    {
        temporary.Write("project/compliance.yml", "version: 1\nrepository: example.com/other\ngo:\n  provider: goproxy.cn\nlog:\n  kind: persistent\n  path: /var/log/x\nbuild:\n  packages: [./cmd/app]\n  cgo: true\n");

        var run = await RunAsync(folder, "--committer", committer);

        run.ExitCode.ShouldBe(0, run.Messages);

        File.ReadAllText(Path.Combine(folder, "compliance.yml"))
            .ShouldBe("version: 1\nrepository: example.com/other\ngo:\n  provider: goproxy.cn\nbuild:\n  packages: [./cmd/app]\n  cgo: true\nlog:\n  kind: ephemeral\n  ephemeral-in-ci: allowed\n");
    }

    [Test]
    public async Task Demonstrate_WithoutACommitter_SaysHowToGetOne()
    {
        var run = await RunAsync(folder);
        run.ExitCode.ShouldBe(2);
        run.Messages.ShouldContain("CIC0003");
        run.Messages.ShouldContain("gpg --armor --export");
        Directory.Exists(folder).ShouldBeFalse();
    }

    [Test]
    public async Task Demonstrate_InTheRepositoryItself_IsRefused() =>
        (await RunAsync(temporary.Combine("project/demonstration"), "--committer", committer)).Messages.ShouldContain("CIC0006");

    [Test]
    public async Task Demonstrate_OverAnExistingFolder_IsRefused()
    {
        Directory.CreateDirectory(folder);
        (await RunAsync(folder, "--committer", committer)).Messages.ShouldContain("CIC0015");
    }

    [Test]
    public async Task Demonstrate_WhenThePolicyIsWrong_SaysWhereAndWritesNothing()
    {
        temporary.Write("project/compliance.yml", "version: 1\nrepositry: x\n");
        var run = await RunAsync(folder, "--committer", committer);
        run.ExitCode.ShouldBe(2);
        run.Messages.ShouldContain("repositry");
        Directory.Exists(folder).ShouldBeFalse();
    }

    private Task<ToolRun> RunAsync(string target, params string[] rest) => ToolRun.InProcessAsync(
        new Composition(ToolHost.Current()), temporary.Combine("project"), ["demonstrate", target, .. rest]);
}
