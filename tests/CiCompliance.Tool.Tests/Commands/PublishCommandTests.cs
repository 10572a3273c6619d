using System.Text.Json;
using CiCompliance.Diagnostics;
using CiCompliance.Testing;

namespace CiCompliance.Tool.Tests.Commands;

/// <summary>The built tool in a simulated job, against a server on this machine.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class PublishCommandTests : IDisposable
{
    private const string Token = "ghs_canary0123456789";

    private readonly TempDirectory temporary = new();
    private readonly GitHubStub server = new();

    public void Dispose()
    {
        server.Problems.ShouldBeEmpty();
        server.Dispose();
        temporary.Dispose();
    }

    [Test]
    public void PublishGitHub_WithAToken_WritesEverythingAndNeverShowsIt()
    {
        using var folder = Folder([]);

        var run = Publish(folder, ["--expect-digest", folder.Digest, "--token", TokenFile(), "--release", "v1", "--format", "json"]);

        run.ExitCode.ShouldBe(0, run.Messages);
        JsonDocument.Parse(run.Answer).RootElement.GetProperty("verdict").GetString().ShouldBe("pass");
        ((string)server.CheckRuns.Single()["conclusion"]!).ShouldBe("success");
        File.ReadAllText(temporary.Combine("output")).ShouldContain("\ntrue\n");
        server.Statuses.Count.ShouldBe(1);
        server.Assets.Count.ShouldBe(14);
        server.Requests.ShouldAllBe(request => request.Headers["Authorization"] == "Bearer " + Token);
        (run.Answer + run.Messages + string.Concat(Directory.EnumerateFiles(temporary.Path).Where(file => !file.EndsWith("token", StringComparison.Ordinal)).Select(File.ReadAllText))).ShouldNotContain(Token);
        JsonDocument.Parse(File.ReadAllText(folder.Path + ".published.json")).RootElement.GetProperty("items").GetArrayLength().ShouldBe(16);
    }

    [Test]
    public void PublishGitHub_OfARefusedRun_IsASuccessOfPublishing()
    {
        using var folder = Folder(Findings(30), isSealed: false);

        var run = Publish(folder, ["--token", TokenFile()]);

        run.ExitCode.ShouldBe(0, run.Messages);
        run.Answer.ShouldStartWith("published: verdict fail");
        var commands = run.Messages.Split('\n').Where(line => line.StartsWith("::error", StringComparison.Ordinal)).ToList();
        commands.Count.ShouldBe(9);
        commands[0].ShouldBe("::error file=svc/go.sum,line=1,col=2,title=CIC1001 go.sum(1%2C2)::finding 1%250A\\n::error::x. Fix it");
        File.ReadAllText(temporary.Combine("output")).ShouldContain("\nfail\n");
        server.CheckRuns.Single()["all"]!.AsArray().Count.ShouldBe(30);
    }

    [Test]
    public void PublishGitHub_WithoutAToken_ShowsThatNothingWentToTheServer()
    {
        using var folder = Folder([]);

        var run = Publish(folder, []);

        run.ExitCode.ShouldBe(0, run.Messages);
        run.Messages.ShouldContain("CIC5416");
        server.Requests.ShouldBeEmpty();
        File.ReadAllText(temporary.Combine("summary")).ShouldContain("Log index");
    }

    [Test]
    public void PublishGitHub_WhenTheServerRefuses_Is3AndTheSummaryStands()
    {
        using var folder = Folder([]);
        server.Answer = _ => new GitHubAnswer(403, """{"message":"Resource not accessible by integration"}""");

        var run = Publish(folder, ["--token", TokenFile()]);

        run.ExitCode.ShouldBe(3);
        run.Messages.ShouldContain("CIC5406");
        File.ReadAllText(temporary.Combine("summary")).ShouldContain("Log index");
        File.Exists(folder.Path + ".published.json").ShouldBeFalse();
    }

    [TestCase("GITHUB_ACTIONS")]
    [TestCase("GITHUB_STEP_SUMMARY")]
    [TestCase("GITHUB_OUTPUT")]
    [TestCase("GITHUB_REPOSITORY")]
    [TestCase("GITHUB_API_URL")]
    public void PublishGitHub_OutsideAJob_Is2(string missing)
    {
        using var folder = Folder([]);

        var run = Publish(folder, [], missing);

        run.ExitCode.ShouldBe(2);
        run.Messages.ShouldContain("CIC5401");
    }

    [TestCase("")]
    [TestCase("two words")]
    [TestCase("a\nX-Injected: b")]
    public void PublishGitHub_WithoutATokenInTheFile_Is2(string content)
    {
        using var folder = Folder([]);

        var run = Publish(folder, ["--token", TokenFile(content)]);

        run.ExitCode.ShouldBe(2);
        run.Messages.ShouldContain("CIC5404");
        server.Requests.ShouldBeEmpty();
    }

    [Test]
    public void PublishGitHub_WithATokenInPlaceOfItsFile_Is2AndDoesNotShowIt()
    {
        using var folder = Folder([]);

        var run = Publish(folder, ["--token", Token]);

        run.ExitCode.ShouldBe(2);
        run.Messages.ShouldContain("CIC0020");
        run.Messages.ShouldNotContain(Token);
    }

    [Test]
    public void PublishGitHub_WithATokenInTheEnvironment_Is2()
    {
        using var folder = Folder([]);
        var environment = Job();
        environment["CICOMPLIANCE_TOKEN"] = Token;

        var run = ToolRun.Process(["publish", "github", "--out", folder.Path], temporary.Path, environment);

        run.ExitCode.ShouldBe(2);
        run.Messages.ShouldContain("CIC0019");
        run.Messages.ShouldNotContain(Token);
    }

    [Test]
    public void PublishGitHub_WithAReleaseAndNoToken_Is2()
    {
        using var folder = Folder([]);

        Publish(folder, ["--release", "v1"]).ExitCode.ShouldBe(2);
    }

    [Test]
    public void PublishGitHub_WithAReleaseAndNoDigest_Is2AndWritesNothing()
    {
        using var folder = Folder([]);

        var run = Publish(folder, ["--token", TokenFile(), "--release", "v1"]);

        run.ExitCode.ShouldBe(2);
        run.Messages.ShouldContain("--release : error CIC0003");
        run.Messages.ShouldContain("Add --expect-digest");
        NothingIsWritten(folder);
    }

    [Test]
    public void PublishGitHub_OfAnotherRepositorysEvidence_Is2AndWritesNothing()
    {
        using var folder = new SealedFolder(Findings(1), repository: "github.com/acme/other");

        var run = Publish(folder, ["--expect-digest", folder.Digest, "--token", TokenFile()]);

        run.ExitCode.ShouldBe(2);
        run.Messages.ShouldContain("error CIC5403");
        run.Messages.ShouldNotContain("::error file=");
        NothingIsWritten(folder);
    }

    [Test]
    public void PublishGitHub_OfAChangedFolder_Is3AndWritesNothing()
    {
        using var folder = Folder([]);
        folder.Write("report.html", "<!doctype html><p>all is well"u8.ToArray());

        var run = Publish(folder, ["--token", TokenFile()]);

        run.ExitCode.ShouldBe(3);
        run.Messages.ShouldContain("report.html : error CIC5402");
        server.Requests.ShouldBeEmpty();
        File.Exists(temporary.Combine("summary")).ShouldBeFalse();
    }

    [Test]
    public void PublishGitHub_WithoutADigest_IsNeverGreen()
    {
        using var folder = Folder([]);

        var run = Publish(folder, ["--token", TokenFile()]);

        run.ExitCode.ShouldBe(0, run.Messages);
        run.Answer.ShouldStartWith("published: verdict pass, not deployable (no expected digest)");
        ((string)server.CheckRuns.Single()["conclusion"]!).ShouldBe("action_required");
        ((string)server.Statuses.Single()["state"]!).ShouldBe("failure");
        File.ReadAllText(temporary.Combine("output")).ShouldNotContain("\ntrue\n");
        File.ReadAllText(temporary.Combine("summary")).ShouldStartWith("## Do not deploy (no expected digest)");
    }

    [Test]
    public void PublishGitHub_OfAnotherFolder_Is1AndWritesNothing()
    {
        using var folder = Folder([]);
        using var other = Folder([], isSealed: false);

        var run = Publish(folder, ["--expect-digest", other.Digest, "--token", TokenFile()]);

        run.ExitCode.ShouldBe(1, run.Messages);
        run.Messages.ShouldContain("error CIC2290");
        server.Requests.ShouldBeEmpty();
        File.Exists(temporary.Combine("summary")).ShouldBeFalse();
    }

    [Test]
    public void PublishGitHub_OfAnUnsealedFolderThatGotASeal_Is3AndWritesNothing()
    {
        using var folder = Folder([]);

        var run = Publish(folder, ["--expect-digest", folder.Digest, "--unsealed"]);

        run.ExitCode.ShouldBe(3, run.Messages);
        run.Messages.ShouldContain("error CIC5418");
        File.Exists(temporary.Combine("output")).ShouldBeFalse();
    }

    [Test]
    public void PublishGitHub_OfAnUnsealedRun_WritesTheJobsPageOnly()
    {
        using var folder = Folder([], isSealed: false);

        var run = Publish(folder, ["--expect-digest", folder.Digest, "--unsealed"]);

        run.ExitCode.ShouldBe(0, run.Messages);
        run.Messages.ShouldNotContain("CIC5416");
        server.Requests.ShouldBeEmpty();
        File.ReadAllText(temporary.Combine("summary")).ShouldStartWith("## Do not deploy (not sealed)");
        Publish(folder, ["--unsealed", "--token", TokenFile()]).ExitCode.ShouldBe(2);
        server.Requests.ShouldBeEmpty();
    }

    [Test]
    public void PublishGitHub_WithATrustStoreThatDoesNotKnowTheSeal_IsNotDeployable()
    {
        using var folder = Folder([]);
        var trust = temporary.Write("trust.json", """{"version":1,"keys":[]}""");

        var run = Publish(folder, ["--expect-digest", folder.Digest, "--trust", trust, "--token", TokenFile()]);

        run.ExitCode.ShouldBe(0, run.Messages);
        run.Answer.ShouldStartWith("published: verdict pass, not deployable (signatures not verified)");
        ((string)server.CheckRuns.Single()["conclusion"]!).ShouldBe("action_required");
    }

    [Test]
    public void PublishFolder_OfADemonstration_SaysThatItIsOne()
    {
        using var folder = new SealedFolder(mode: CiCompliance.Attestations.RunMode.Demonstration);

        var run = ToolRun.Process(["publish", "folder", temporary.Combine("target"), "--out", folder.Path, "--expect-digest", folder.Digest, "--language", "en"], temporary.Path);

        run.ExitCode.ShouldBe(0, run.Messages);
        run.Answer.ShouldStartWith("published: verdict pass, not deployable (demonstration); DEMONSTRATION, must not ship;");
    }

    [Test]
    public void PublishFolder_WritesItsThreeFiles()
    {
        using var folder = Folder([]);

        var run = ToolRun.Process(["publish", "folder", temporary.Combine("target"), "--out", folder.Path], temporary.Path);

        run.ExitCode.ShouldBe(0, run.Messages);
        Directory.EnumerateFiles(temporary.Combine("target")).Select(Path.GetFileName).ShouldBe(["report.html", "summary.md", "verdict.json"], ignoreOrder: true);
    }

    private void NothingIsWritten(SealedFolder folder)
    {
        server.Requests.ShouldBeEmpty();
        File.Exists(temporary.Combine("summary")).ShouldBeFalse();
        File.Exists(temporary.Combine("output")).ShouldBeFalse();
        File.Exists(folder.Path + ".published.json").ShouldBeFalse();
    }

    private ToolRun Publish(SealedFolder folder, IReadOnlyList<string> options, string? missing = null)
    {
        var environment = Job();
        environment.Remove(missing ?? "");
        return ToolRun.Process(["publish", "github", "--out", folder.Path, "--language", "en", .. options], temporary.Path, environment);
    }

    private Dictionary<string, string> Job() => new()
    {
        ["GITHUB_ACTIONS"] = "true",
        ["GITHUB_API_URL"] = server.ApiUrl,
        ["GITHUB_SERVER_URL"] = server.Root,
        ["GITHUB_REPOSITORY"] = "acme/app",
        ["GITHUB_RUN_ID"] = "7",
        ["GITHUB_STEP_SUMMARY"] = temporary.Combine("summary"),
        ["GITHUB_OUTPUT"] = temporary.Combine("output"),
    };

    private SealedFolder Folder(IReadOnlyList<Finding> findings, bool isSealed = true) =>
        new(findings, isSealed, repository: new Uri(server.Root).Authority + "/acme/app");

    private string TokenFile(string content = Token + "\n")
    {
        var path = temporary.Write("token", content);
        File.SetUnixFileMode(path, UnixFileMode.UserRead);
        return path;
    }

    private static IReadOnlyList<Finding> Findings(int count) =>
        [.. Enumerable.Range(1, count).Select(n => new Finding(new Diagnostic("CIC1001", DiagnosticKind.NotCompliant, ""), $"go.sum({n},2)", new($"finding {n}%0A\n::error::x", "发现"), new("Fix it", "请修复")))];
}
