using CiCompliance.Cryptography;
using CiCompliance.GoProxy.Publishers;
using CiCompliance.Keys;
using CiCompliance.Testing;

namespace CiCompliance.Build.Tests.EndToEnd.Workflows;

/// <summary>The workflow for publishers on a runner that is simulated, with the real go command, git and tool.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class SignModuleTests : IDisposable
{
    private const string Module = "github.com/Acme/ledger";

    private readonly TempDirectory temporary = new();
    private readonly TestPublisher publisher = TestPublisher.Create(KeyAlgorithm.Sm2, "github.com/Acme");
    private readonly RunContext context;
    private readonly SimulatedRunner runner;

    public SignModuleTests()
    {
        temporary.Write("origin/go.mod", $"module {Module}\n\ngo 1.19\n");
        temporary.Write("origin/ledger.go", "package ledger\n");
        Git("init", "--quiet", "--initial-branch=main");
        Git("add", "--all");
        Git("-c", "user.name=A", "-c", "user.email=a@example.cn", "commit", "--quiet", "--message=One");
        Git("tag", "v1.2.3");
        context = new RunContext
        {
            GitHub = new()
            {
                ["event_name"] = "push", ["sha"] = Git("rev-parse", "HEAD").Trim(), ["ref"] = "refs/tags/v1.2.3", ["ref_name"] = "v1.2.3", ["ref_protected"] = "true", ["run_attempt"] = "1",
                ["api_url"] = "https://api.github.example", ["server_url"] = "https://github.com", ["repository"] = "Acme/ledger",
            },
            Inputs = new()
            {
                ["tool-version"] = ToolPackage.Version, ["tool-sha256"] = ToolPackage.Write(temporary.Combine("feed")), ["tool-feed"] = temporary.Combine("feed"), ["module"] = Module,
            },
            Secrets = new() { ["PUBLISHER_KEY"] = File.ReadAllText(publisher.KeyFile) },
        };
        runner = new SimulatedRunner(WorkflowFile.Read(".github/workflows/sign-module.yml"), context, temporary.Combine("origin"), temporary.Path);
    }

    public void Dispose()
    {
        publisher.Dispose();
        temporary.Dispose();
    }

    [Test]
    public async Task Tag_IsFetchedWithoutAKeyAndSignedAsAProxyTakesIt()
    {
        Peers.Require("go");
        runner.Run("module").ExitCode.ShouldBe(0, context.Jobs["module"].Log);
        var signing = runner.Run("sign");
        signing.ExitCode.ShouldBe(0, signing.Log);

        context.Asked.Keys.ShouldBe(["sign"]);
        signing.Log.ShouldNotContain("PRIVATE KEY");
        Directory.EnumerateFiles(runner.Temp("sign"), "secret.*").ShouldBeEmpty();
        runner.Output("artifact").ShouldBe("module-signature");
        var verifier = new PublisherVerifier(
            new(TrustStore.CurrentVersion, [publisher.Key]), [new FolderSignatures(runner.Artifact("module-signature"))], new SignatureVerifier(),
            new OpenPgpSignatureVerifier(TimeProvider.System), TimeProvider.System);
        var answer = await verifier.VerifyAsync(new(Module, "v1.2.3"), runner.Output("zip-hash"), runner.Output("go-mod-hash"), CancellationToken.None);
        answer.Outcome.ShouldBe(PublisherOutcome.Valid, answer.Finding?.What.En);
    }

    [Test]
    public void ModuleThatChangedOnItsWay_IsNotSigned()
    {
        Peers.Require("go");
        runner.Run("module").ExitCode.ShouldBe(0, context.Jobs["module"].Log);
        using (var zip = System.IO.Compression.ZipFile.Open(Path.Combine(runner.Artifact("module-signature-module"), "module.zip"), System.IO.Compression.ZipArchiveMode.Update))
        {
            zip.CreateEntry($"{Module}@v1.2.3/added.go").Open().Dispose();
        }

        runner.Run("sign").ExitCode.ShouldBe(1);
        context.Jobs["sign"].Log.ShouldContain("not the one that was fetched");
        Directory.Exists(runner.Artifact("module-signature")).ShouldBeFalse();
    }

    [TestCase("module", "git.example.cn/$(id)")]
    [TestCase("module", "-json")]
    [TestCase("version", "main")]
    public void InputOfAnotherForm_IsRefused(string name, string value)
    {
        context.Inputs[name] = value;
        runner.Run("module").ExitCode.ShouldBe(2, context.Jobs["module"].Log);
        runner.Run("sign").Result.ShouldBe("skipped");
    }

    private string Git(params string[] arguments) => Peer.Run("git", ["-C", temporary.Combine("origin"), .. arguments]).Text;
}
