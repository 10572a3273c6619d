using CiCompliance.Build.Quickstart;
using CiCompliance.Testing;

namespace CiCompliance.Build.Tests.EndToEnd.Workflows;

/// <summary>The reusable workflow, both jobs, on a runner that is simulated and with the tool that is real.</summary>
[NonParallelizable]
[Platform("Linux")]
public sealed class WorkflowTests
{
    private static readonly string[] KeySecrets = ["SM2_KEY", "P256_KEY", "LOG_KEY", "LOG_SM2_KEY"];

    private TempDirectory temporary = null!;
    private ProtectedRepository repository = null!;
    private RunContext context = null!;
    private SimulatedRunner runner = null!;

    [SetUp]
    public void SetUp()
    {
        temporary = new TempDirectory();
        repository = new ProtectedRepository(temporary);
        context = new RunContext
        {
            GitHub = new()
            {
                ["event_name"] = "push", ["sha"] = repository.Head, ["ref_protected"] = "true", ["run_attempt"] = "1",
                ["event.before"] = repository.Base, ["event.repository.default_branch"] = "main",
            },
            Inputs = new()
            {
                ["tool-version"] = ToolPackage.Version, ["tool-sha256"] = ToolPackage.Write(temporary.Combine("feed")), ["tool-feed"] = temporary.Combine("feed"),
                ["sm2-certificates"] = File.ReadAllText(Scenario.KeyFile("sm2-certificates")),
            },
            Secrets = KeySecrets.ToDictionary(name => name, name => File.ReadAllText(Scenario.KeyFile(name.ToLowerInvariant().Replace('_', '-')))),
        };
        runner = new SimulatedRunner(WorkflowFile.Read(".github/workflows/go-compliance.yml"), context, repository.Origin, temporary.Path);
    }

    [TearDown]
    public void TearDown() => temporary.Dispose();

    [Test]
    public void PushToTheProtectedBranch_IsBuiltSignedAndVerifies()
    {
        var build = runner.Run("build");
        build.ExitCode.ShouldBe(0, build.Log);
        build.Outputs["verdict"].ShouldBe("pass");
        build.Summary.ShouldNotBeEmpty();
        context.Asked.ShouldNotContainKey("build");

        var sign = runner.Run("sign");
        sign.ExitCode.ShouldBe(0, sign.Log);
        sign.Outputs.ShouldBe(new Dictionary<string, string>
        {
            ["verdict"] = "pass", ["digest"] = sign.Outputs["digest"], ["artifact"] = "cicompliance", ["signed"] = "true",
        });
        sign.Outputs["digest"].ShouldNotBe(build.Outputs["digest"]);
        Verify(runner.Artifact("cicompliance")).ShouldBe(0);
        NoSecretIsLeft(build, sign);
    }

    [Test]
    public void HandoverThatIsNotRight_IsRefusedAndNothingIsSigned()
    {
        var build = runner.Run("build");
        build.ExitCode.ShouldBe(0, build.Log);
        foreach (var file in new[] { "bin/ledger-linux-amd64", "evidence.json", "extra" })
        {
            var path = Path.Combine(runner.Artifact("cicompliance-unsigned-1"), file);
            var before = File.Exists(path) ? File.ReadAllBytes(path) : null;
            File.AppendAllText(path, "x");
            SigningIsRefused(1, "error CIC2290");
            File.Delete(path);
            if (before is not null)
            {
                File.WriteAllBytes(path, before);
            }
        }

        context.Jobs["build"] = build with { Outputs = new(build.Outputs) { ["digest"] = "" } };
        SigningIsRefused(2, "--expect-digest : error CIC0004");

        context.Jobs["build"] = build;
        context.Secrets.Clear();
        SigningIsRefused(2, "--sm2-key");
    }

    [TestCase(true, 0, "pass")]
    [TestCase(false, 1, "fail")]
    public void PullRequestFromAFork_GetsAVerdictAndNoSignature(bool isSigned, int exitCode, string verdict)
    {
        PullRequest(repository.Propose("refs/pull/1/head", isSigned));
        context.Secrets.Clear();

        var build = runner.Run("build");
        var sign = runner.Run("sign");

        build.ExitCode.ShouldBe(exitCode, build.Log);
        build.Outputs["verdict"].ShouldBe(verdict);
        sign.Result.ShouldBe("skipped");
        context.Asked.ShouldBeEmpty();
        var files = Directory.GetFiles(runner.Artifact("cicompliance-unsigned-1"), "*", SearchOption.AllDirectories);
        files.ShouldContain(file => file.EndsWith("report.html", StringComparison.Ordinal));
        files.ShouldNotContain(file => file.Contains("/seal/", StringComparison.Ordinal) || file.EndsWith(".sigstore.json", StringComparison.Ordinal));
        Verify(Path.GetDirectoryName(files.Single(file => file.EndsWith("/evidence.json", StringComparison.Ordinal)))!).ShouldBe(1);
    }

    [Test]
    public void RefusedPush_IsNotSigned()
    {
        context.GitHub["sha"] = repository.Propose("refs/heads/main", isSigned: false);
        var build = runner.Run("build");

        build.ExitCode.ShouldBe(1, build.Log);
        runner.Run("sign").Result.ShouldBe("skipped");
        context.Asked.ShouldBeEmpty();
    }

    [TestCase("pull_request_target")]
    [TestCase("workflow_run")]
    [TestCase("issue_comment")]
    public void EventThatMixesRights_IsRefusedBeforeTheBuild(string name)
    {
        context.GitHub["event_name"] = name;
        var build = runner.Run("build");

        build.ExitCode.ShouldBe(2, build.Log);
        build.Log.ShouldContain("::error::");
        Directory.Exists(Path.Combine(runner.Temp("build"), "evidence")).ShouldBeFalse();
    }

    [Test]
    public void PushToAnotherBranch_IsJudgedByTheProtectedOne()
    {
        // The branch's own past could hold any policy: here it is a commit that has one which cannot even be read.
        context.GitHub["ref_protected"] = "false";
        context.GitHub["event.before"] = new string('1', 40);
        context.GitHub["sha"] = repository.Propose("refs/heads/topic", isSigned: true);
        var build = runner.Run("build");

        build.ExitCode.ShouldBe(0, build.Log);
    }

    [TestCase("tool-sha256", "0000000000000000000000000000000000000000000000000000000000000000", "does not name")]
    [TestCase("tool-sha256", "abc", "not a list")]
    [TestCase("tool-version", "9.9.*", "not one exact version")]
    [TestCase("tool-feed", "x\"/><add key=\"evil\" value=\"https://evil.example", "a character")]
    public void ToolThatIsNotPinned_IsNotRun(string input, string value, string message)
    {
        context.Inputs[input] = value;
        var build = runner.Run("build");

        build.ExitCode.ShouldBe(2, build.Log);
        build.Log.ShouldContain(message);
        Directory.Exists(Path.Combine(runner.Temp("build"), "evidence")).ShouldBeFalse();
    }

    private void PullRequest(string head)
    {
        context.GitHub["event_name"] = "pull_request";
        context.GitHub["event.before"] = "";
        context.GitHub["event.pull_request.head.sha"] = head;
        context.GitHub["event.pull_request.base.sha"] = repository.Head;
    }

    private void SigningIsRefused(int exitCode, string message)
    {
        var sign = runner.Run("sign");
        sign.ExitCode.ShouldBe(exitCode, sign.Log);
        sign.Log.ShouldContain(message);
        sign.Outputs["signed"].ShouldBe("");
        Directory.Exists(runner.Artifact("cicompliance")).ShouldBeFalse();
        Directory.EnumerateFiles(Path.Combine(runner.Temp("sign"), "evidence"), "*.sigstore.json", SearchOption.AllDirectories).ShouldBeEmpty();
        NoSecretIsLeft(sign);
    }

    /// <summary>In no log, artifact or file of a runner.</summary>
    private void NoSecretIsLeft(params JobResult[] jobs)
    {
        foreach (var name in KeySecrets)
        {
            var line = File.ReadAllLines(Scenario.KeyFile(name.ToLowerInvariant().Replace('_', '-')))[1];
            jobs.ShouldAllBe(job => !job.Log.Contains(line, StringComparison.Ordinal));
            Directory.EnumerateFiles(temporary.Path, "*", SearchOption.AllDirectories)
                .Where(file => new FileInfo(file) is { LinkTarget: null, Length: < 1 << 20 })
                .Where(file => File.ReadAllText(file).Contains(line, StringComparison.Ordinal)).ShouldBeEmpty();
        }
    }

    private int Verify(string evidence)
    {
        using var auditor = new Case { Out = evidence };
        auditor.Options.Clear();
        auditor.Options["--trust"] = Scenario.Trust;
        auditor.Options["--repository"] = QuickstartRun.Repository;
        auditor.Options["--commit"] = context.GitHub["event_name"] == "push" ? context.GitHub["sha"] : context.GitHub["event.pull_request.head.sha"];
        return auditor.Run("verify", "evidence", evidence).ExitCode;
    }
}
