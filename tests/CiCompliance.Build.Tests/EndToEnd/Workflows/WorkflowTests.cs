using CiCompliance.Build.Quickstart;
using CiCompliance.Evidence;
using CiCompliance.Testing;

namespace CiCompliance.Build.Tests.EndToEnd.Workflows;

/// <summary>The reusable workflow, all its jobs, on a runner that is simulated and with the tool that is real.</summary>
[NonParallelizable]
[Platform("Linux")]
public sealed class WorkflowTests
{
    private const string Token = "ghs_canary0123456789";

    private static readonly string[] KeySecrets = ["SM2_KEY", "P256_KEY", "LOG_KEY", "LOG_SM2_KEY"];

    private TempDirectory temporary = null!;
    private StatusApi statuses = null!;
    private ProtectedRepository repository = null!;
    private RunContext context = null!;
    private SimulatedRunner runner = null!;

    [SetUp]
    public void SetUp()
    {
        temporary = new TempDirectory();
        repository = new ProtectedRepository(temporary);
        statuses = new StatusApi();
        statuses.Add(repository.Base, "success");
        context = new RunContext
        {
            GitHub = new()
            {
                ["event_name"] = "push", ["sha"] = repository.Head, ["ref_protected"] = "true", ["run_attempt"] = "1", ["token"] = Token, ["api_url"] = statuses.Url,
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
    public void TearDown()
    {
        statuses.Dispose();
        temporary.Dispose();
    }

    [Test]
    public void PushToTheProtectedBranch_IsBuiltSignedAndVerifies()
    {
        var build = Build();
        build.ExitCode.ShouldBe(0, build.Log);
        build.Outputs["verdict"].ShouldBe("pass");
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

        (runner.Output("verdict"), runner.Output("signed"), runner.Output("artifact")).ShouldBe(("pass", "true", "cicompliance"));

        // What was exchanged after it was sealed is not published, however well it fits its own seal.
        var report = Path.Combine(runner.Artifact("cicompliance"), "report.html");
        var before = File.ReadAllText(report);
        File.AppendAllText(report, " ");
        var exchanged = runner.Run("publish");
        exchanged.ExitCode.ShouldBe(1, exchanged.Log);
        exchanged.Log.ShouldContain("error CIC2290");
        exchanged.Outputs["deployable"].ShouldBe("");
        File.WriteAllText(report, before);

        // The evidence is of modules.example/ledger, the run of another repository: its token must not write there.
        var publish = runner.Run("publish");
        publish.ExitCode.ShouldBe(2, publish.Log);
        publish.Log.ShouldContain("error CIC5403");
        publish.Log.ShouldNotContain(Token);
        context.Asked.ShouldNotContainKey("publish");
    }

    [Test]
    public void HandoverThatIsNotRight_IsRefusedAndNothingIsSigned()
    {
        var build = Build();
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

        context.GitHub["event.pull_request.head.repo.fork"] = "true";

        var build = Build();
        var sign = runner.Run("sign");
        var publish = runner.Run("publish");

        build.ExitCode.ShouldBe(exitCode, build.Log);
        build.Outputs["verdict"].ShouldBe(verdict);
        sign.Result.ShouldBe("skipped");
        publish.ExitCode.ShouldBe(0, publish.Log);
        publish.Summary.ShouldNotBeEmpty();
        publish.Outputs["deployable"].ShouldBe("false");
        publish.Log.ShouldNotContain("CIC5416");
        runner.Output("verdict").ShouldBe(verdict);
        context.Asked.ShouldBeEmpty();
        var files = Directory.GetFiles(runner.Artifact("cicompliance-unsigned-1"), "*", SearchOption.AllDirectories);
        files.ShouldContain(file => file.EndsWith("report.html", StringComparison.Ordinal));
        files.ShouldNotContain(file => file.Contains("/seal/", StringComparison.Ordinal) || file.EndsWith(".sigstore.json", StringComparison.Ordinal));
        Verify(Path.GetDirectoryName(files.Single(file => file.EndsWith("/evidence.json", StringComparison.Ordinal)))!).ShouldBe(1);
    }

    [Test]
    public void PullRequestWhoseBuilderAddsASeal_IsNotPublished()
    {
        PullRequest(repository.Propose("refs/pull/1/head", isSigned: true));
        var build = Build();
        runner.Run("sign").Result.ShouldBe("skipped");

        // Whoever owns the runner that builds owns folder and digest.
        Forge(runner.Artifact("cicompliance-unsigned-1"));
        context.Jobs["build"] = build with { Outputs = new(build.Outputs) { ["digest"] = DigestOf(runner.Artifact("cicompliance-unsigned-1")) } };
        var publish = runner.Run("publish");

        publish.ExitCode.ShouldBe(3, publish.Log);
        publish.Log.ShouldContain("error CIC5418");
        publish.Summary.ShouldBeEmpty();
        publish.Outputs["deployable"].ShouldBe("");
    }

    [Test]
    public void PushWhoseBuilderTakesTheSealedArtifactsName_IsNeitherSignedNorPassed()
    {
        var build = Build();
        build.ExitCode.ShouldBe(0, build.Log);
        Scenario.Copy(runner.Artifact("cicompliance-unsigned-1"), runner.Artifact("cicompliance"));
        Forge(runner.Artifact("cicompliance"));

        var sign = runner.Run("sign");
        var publish = runner.Run("publish");

        sign.Result.ShouldBe("failure");
        sign.Log.ShouldContain("Conflict");
        (sign.Outputs["signed"], sign.Outputs["artifact"], sign.Outputs["digest"], sign.Outputs["verdict"]).ShouldBe(("", "", "", "undecided"));
        publish.ExitCode.ShouldBe(0, publish.Log);
        publish.Summary.ShouldStartWith("## Do not deploy (not sealed)");
        publish.Outputs["deployable"].ShouldBe("false");
        (runner.Output("verdict"), runner.Output("signed"), runner.Output("artifact"), runner.Output("digest"))
            .ShouldBe(("undecided", "", "cicompliance-unsigned-1", build.Outputs["digest"]));
    }

    [TestCase("push", "pass", "undecided")]
    [TestCase("push", "fail", "fail")]
    [TestCase("push", "", "undecided")]
    [TestCase("pull_request", "pass", "pass")]
    [TestCase("pull_request", "", "undecided")]
    public void VerdictOfARunThatWasNotSigned_IsAPassForPullRequestsOnly(string name, string verdict, string expected)
    {
        context.GitHub["event_name"] = name;
        context.Jobs["build"] = new JobResult("success", 0, new() { ["verdict"] = verdict }, "", "");
        context.Jobs["sign"] = new JobResult("failure", 3, [], "", "");

        runner.Output("verdict").ShouldBe(expected);
    }

    [Test]
    public void RefusedPush_IsNotSigned()
    {
        context.GitHub["sha"] = repository.Propose("refs/heads/main", isSigned: false);
        var build = Build();

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
        runner.Run("revisions").ExitCode.ShouldBe(2);

        context.Jobs["revisions"].Log.ShouldContain("::error::");
        NothingIsBuilt();
    }

    [Test]
    public void PushToAnotherBranch_IsJudgedByTheProtectedOne()
    {
        // The branch's own past could hold any policy: here it is a commit that has one which cannot even be read.
        context.GitHub["ref_protected"] = "false";
        context.GitHub["ref"] = "refs/heads/topic";
        context.GitHub["event.before"] = new string('1', 40);
        context.GitHub["sha"] = repository.Propose("refs/heads/topic", isSigned: true);
        statuses.Add(repository.Head, "success");
        var build = Build();

        build.ExitCode.ShouldBe(0, build.Log);
    }

    [TestCase("tool-sha256", "0000000000000000000000000000000000000000000000000000000000000000", "does not name")]
    [TestCase("tool-sha256", "abc", "not a list")]
    [TestCase("tool-version", "9.9.*", "not one exact version")]
    [TestCase("tool-feed", "x\"/><add key=\"evil\" value=\"https://evil.example", "a character")]
    public void ToolThatIsNotPinned_IsNotRun(string input, string value, string message)
    {
        context.Inputs[input] = value;
        var build = Build();

        build.ExitCode.ShouldBe(2, build.Log);
        build.Log.ShouldContain(message);
        Directory.Exists(Path.Combine(runner.Temp("build"), "evidence")).ShouldBeFalse();
    }

    [Test]
    public void PushAfterARefusedOne_IsJudgedFromTheLastRevisionThatPassed()
    {
        // Unsigned, it exchanges the trust store, and is refused. Signed by the key it brought, the next push must not be judged by it.
        var swapped = repository.Swap();
        statuses.Add(repository.Head, "success");
        statuses.Add(swapped.Refused, "failure");
        Push(repository.Head, swapped.Refused);
        Build().ExitCode.ShouldBe(1, context.Jobs["build"].Log);
        context.Jobs["revisions"].Outputs["base"].ShouldBe(repository.Head);

        Push(swapped.Refused, swapped.Next);
        var build = Build();
        context.Jobs["revisions"].Outputs.ShouldBe(new Dictionary<string, string>
        {
            ["commit"] = swapped.Next, ["revision"] = swapped.Next, ["object"] = swapped.Next, ["branch"] = "", ["base"] = repository.Head,
        });
        build.ExitCode.ShouldBe(1, build.Log);
        build.Log.ShouldContain($"commit {swapped.Refused} : error CIC1001");
        runner.Run("sign").Result.ShouldBe("skipped");
        context.Asked.ShouldBeEmpty();

        // The twin shows that the attack is one: with the refused revision named as base it goes through.
        context.Inputs["base"] = swapped.Refused;
        Build().ExitCode.ShouldBe(0, context.Jobs["build"].Log);
    }

    private void PullRequest(string head)
    {
        context.GitHub["event_name"] = "pull_request";
        context.GitHub["event.before"] = "";
        context.GitHub["event.pull_request.head.sha"] = head;
        context.GitHub["event.pull_request.base.sha"] = repository.Head;
        context.GitHub["event.pull_request.base.ref"] = "main";
        context.GitHub["ref"] = "refs/pull/1/merge";
        statuses.Add(repository.Head, "success");
    }

    private void Push(string before, string after) => (context.GitHub["event.before"], context.GitHub["sha"]) = (before, after);

    private JobResult Build()
    {
        runner.Run("revisions").ExitCode.ShouldBe(0, context.Jobs["revisions"].Log);
        if (Directory.Exists(runner.Artifact("cicompliance-unsigned-1")))
        {
            Directory.Delete(runner.Artifact("cicompliance-unsigned-1"), recursive: true);
        }

        return runner.Run("build");
    }

    private void NothingIsBuilt()
    {
        runner.Run("build").Result.ShouldBe("skipped");
        runner.Run("sign").Result.ShouldBe("skipped");
        runner.Run("publish").Result.ShouldBe("skipped");
    }

    private static void Forge(string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, "seal"));
        foreach (var name in new[] { "manifest.json", "manifest.sm2.dsse.json", "manifest.sigstore.json" })
        {
            File.WriteAllText(Path.Combine(folder, "seal", name), "{}");
        }
    }

    private static string DigestOf(string folder) => FolderDigest.Compute(folder, SealedFolder.Digests, CancellationToken.None);

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
