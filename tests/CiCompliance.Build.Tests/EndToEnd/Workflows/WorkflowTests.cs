using CiCompliance.Build.Quickstart;
using CiCompliance.Evidence;
using CiCompliance.Source;
using CiCompliance.Testing;

namespace CiCompliance.Build.Tests.EndToEnd.Workflows;

/// <summary>The reusable workflow, all its jobs, on a runner that is simulated and with the tool that is real.</summary>
[NonParallelizable]
[Platform("Linux")]
public sealed class WorkflowTests : WorkflowFixture
{
    [Test]
    public void PushToTheProtectedBranch_IsBuiltSignedAndVerifies()
    {
        var build = Build();
        build.ExitCode.ShouldBe(0, build.Log);
        build.Outputs["verdict"].ShouldBe("pass");
        Context.Asked["build"].ShouldBe(["PROXY_TOKEN"]);

        var sign = Runner.Run("sign");
        sign.ExitCode.ShouldBe(0, sign.Log);
        sign.Outputs.ShouldBe(new Dictionary<string, string>
        {
            ["verdict"] = "pass", ["digest"] = sign.Outputs["digest"], ["artifact"] = "cicompliance", ["signed"] = "true",
        });
        sign.Outputs["digest"].ShouldNotBe(build.Outputs["digest"]);
        Verify(Runner.Artifact("cicompliance")).ShouldBe(0);
        NoSecretIsLeft(build, sign);

        (Runner.Output("verdict"), Runner.Output("signed"), Runner.Output("artifact")).ShouldBe(("pass", "true", "cicompliance"));

        // What was exchanged after it was sealed is not published, however well it fits its own seal.
        var report = Path.Combine(Runner.Artifact("cicompliance"), "report.html");
        var before = File.ReadAllText(report);
        File.AppendAllText(report, " ");
        var exchanged = Runner.Run("publish");
        exchanged.ExitCode.ShouldBe(1, exchanged.Log);
        exchanged.Log.ShouldContain("error CIC2290");
        exchanged.Outputs["deployable"].ShouldBe("");
        File.WriteAllText(report, before);

        // The evidence is of modules.example/ledger, the run of another repository: its token must not write there.
        var publish = Runner.Run("publish");
        publish.ExitCode.ShouldBe(2, publish.Log);
        publish.Log.ShouldContain("error CIC5403");
        publish.Log.ShouldNotContain(Token);
        Context.Asked.ShouldNotContainKey("publish");
    }

    [Test]
    public void HandoverThatIsNotRight_IsRefusedAndNothingIsSigned()
    {
        var build = Build();
        build.ExitCode.ShouldBe(0, build.Log);
        foreach (var file in new[] { "bin/ledger-linux-amd64", "evidence.json", "extra" })
        {
            var path = Path.Combine(Runner.Artifact("cicompliance-unsigned-1"), file);
            var before = File.Exists(path) ? File.ReadAllBytes(path) : null;
            File.AppendAllText(path, "x");
            SigningIsRefused(1, "error CIC2290");
            File.Delete(path);
            if (before is not null)
            {
                File.WriteAllBytes(path, before);
            }
        }

        Context.Jobs["build"] = build with { Outputs = new(build.Outputs) { ["digest"] = "" } };
        SigningIsRefused(2, "--expect-digest : error CIC0004");

        Context.Jobs["build"] = build;
        Context.Secrets.Clear();
        SigningIsRefused(2, "--sm2-key");
    }

    [Test]
    public void ProxyToken_ReachesTheToolAndIsLeftNowhere()
    {
        const string token = "proxy-canary-0123456789";
        Context.Secrets["PROXY_TOKEN"] = token;

        var build = Build();

        // The scenario's proxy speaks plain HTTP, over which no token goes.
        build.ExitCode.ShouldBe(2, build.Log);
        build.Log.ShouldContain("error CIC0079");
        build.Log.ShouldNotContain(token);
        Context.Asked["build"].ShouldBe(["PROXY_TOKEN"]);
        new SecretCanary(token).FindIn(Temporary.Path).ShouldBeEmpty();
    }

    [TestCase(true, 0, "pass")]
    [TestCase(false, 1, "fail")]
    public void PullRequestFromAFork_GetsAVerdictAndNoSignature(bool isSigned, int exitCode, string verdict)
    {
        PullRequest(Repository.Propose("refs/pull/1/head", isSigned));
        Context.Secrets.Clear();

        Context.GitHub["event.pull_request.head.repo.fork"] = "true";

        var build = Build();
        var sign = Runner.Run("sign");
        var publish = Runner.Run("publish");

        build.ExitCode.ShouldBe(exitCode, build.Log);
        build.Outputs["verdict"].ShouldBe(verdict);
        sign.Result.ShouldBe("skipped");
        publish.ExitCode.ShouldBe(0, publish.Log);
        publish.Summary.ShouldNotBeEmpty();
        publish.Outputs["deployable"].ShouldBe("false");
        publish.Log.ShouldNotContain("CIC5416");
        Runner.Output("verdict").ShouldBe(verdict);
        Context.Asked.Keys.ShouldBe(["build"]);
        var files = Directory.GetFiles(Runner.Artifact("cicompliance-unsigned-1"), "*", SearchOption.AllDirectories);
        files.ShouldContain(file => file.EndsWith("report.html", StringComparison.Ordinal));
        files.ShouldNotContain(file => file.Contains("/seal/", StringComparison.Ordinal) || file.EndsWith(".sigstore.json", StringComparison.Ordinal));
        Verify(Path.GetDirectoryName(files.Single(file => file.EndsWith("/evidence.json", StringComparison.Ordinal)))!).ShouldBe(1);
    }

    [Test]
    public void PullRequestBehindItsTarget_IsJudgedByTheTargetsRules()
    {
        PullRequest(Repository.ProposeBesideHead());
        var build = Build();
        build.ExitCode.ShouldBe(0, build.Log);
        var source = SourceRecord.Parse(File.ReadAllBytes(Path.Combine(Runner.Artifact("cicompliance-unsigned-1"), "source", "source.json")));
        (source.Base, source.Branch).ShouldBe((Repository.Base, "main"));
    }

    [Test]
    public void PullRequestWhoseBuilderAddsASeal_IsNotPublished()
    {
        PullRequest(Repository.Propose("refs/pull/1/head", isSigned: true));
        var build = Build();
        Runner.Run("sign").Result.ShouldBe("skipped");

        // Whoever owns the Runner that builds owns folder and digest.
        Forge(Runner.Artifact("cicompliance-unsigned-1"));
        Context.Jobs["build"] = build with { Outputs = new(build.Outputs) { ["digest"] = DigestOf(Runner.Artifact("cicompliance-unsigned-1")) } };
        var publish = Runner.Run("publish");

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
        Scenario.Copy(Runner.Artifact("cicompliance-unsigned-1"), Runner.Artifact("cicompliance"));
        Forge(Runner.Artifact("cicompliance"));

        var sign = Runner.Run("sign");
        var publish = Runner.Run("publish");

        sign.Result.ShouldBe("failure");
        sign.Log.ShouldContain("Conflict");
        (sign.Outputs["signed"], sign.Outputs["artifact"], sign.Outputs["digest"], sign.Outputs["verdict"]).ShouldBe(("", "", "", "undecided"));
        publish.ExitCode.ShouldBe(0, publish.Log);
        publish.Summary.ShouldStartWith("## Do not deploy (not sealed)");
        publish.Outputs["deployable"].ShouldBe("false");
        (Runner.Output("verdict"), Runner.Output("signed"), Runner.Output("artifact"), Runner.Output("digest"))
            .ShouldBe(("undecided", "", "cicompliance-unsigned-1", build.Outputs["digest"]));
    }

    [TestCase("push", "pass", "undecided")]
    [TestCase("push", "fail", "fail")]
    [TestCase("push", "", "undecided")]
    [TestCase("pull_request", "pass", "pass")]
    [TestCase("pull_request", "", "undecided")]
    public void VerdictOfARunThatWasNotSigned_IsAPassForPullRequestsOnly(string name, string verdict, string expected)
    {
        Context.GitHub["event_name"] = name;
        Context.Jobs["build"] = new JobResult("success", 0, new() { ["verdict"] = verdict }, "", "");
        Context.Jobs["sign"] = new JobResult("failure", 3, [], "", "");

        Runner.Output("verdict").ShouldBe(expected);
    }

    [Test]
    public void RefusedPush_IsNotSigned()
    {
        Context.GitHub["sha"] = Repository.Propose("refs/heads/main", isSigned: false);
        var build = Build();

        build.ExitCode.ShouldBe(1, build.Log);
        Runner.Run("sign").Result.ShouldBe("skipped");
        Context.Asked.Keys.ShouldBe(["build"]);
    }

    [TestCase("pull_request_target")]
    [TestCase("workflow_run")]
    [TestCase("issue_comment")]
    public void EventThatMixesRights_IsRefusedBeforeTheBuild(string name)
    {
        Context.GitHub["event_name"] = name;
        Runner.Run("revisions").ExitCode.ShouldBe(2);

        Context.Jobs["revisions"].Log.ShouldContain("::error::");
        NothingIsBuilt();
    }

    [Test]
    public void PushToAnotherBranch_IsJudgedByTheProtectedOne()
    {
        // The branch's own past could hold any policy: here it is a commit that has one which cannot even be read.
        Context.GitHub["ref_protected"] = "false";
        Context.GitHub["ref"] = "refs/heads/topic";
        Context.GitHub["event.before"] = new string('1', 40);
        Context.GitHub["sha"] = Repository.Propose("refs/heads/topic", isSigned: true);
        Statuses.Add(Repository.Head, "success");
        var build = Build();

        build.ExitCode.ShouldBe(0, build.Log);
    }

    [TestCase("tool-sha256", "0000000000000000000000000000000000000000000000000000000000000000", "does not name")]
    [TestCase("tool-sha256", "abc", "not a list")]
    [TestCase("tool-version", "9.9.*", "not one exact version")]
    [TestCase("tool-feed", "x\"/><add key=\"evil\" value=\"https://evil.example", "a character")]
    public void ToolThatIsNotPinned_IsNotRun(string input, string value, string message)
    {
        Context.Inputs[input] = value;
        var build = Build();

        build.ExitCode.ShouldBe(2, build.Log);
        build.Log.ShouldContain(message);
        Directory.Exists(Path.Combine(Runner.Temp("build"), "evidence")).ShouldBeFalse();
    }

    [Test]
    public void PushAfterARefusedOne_IsJudgedFromTheLastRevisionThatPassed()
    {
        // Unsigned, it exchanges the trust store, and is refused. Signed by the key it brought, the next push must not be judged by it.
        var swapped = Repository.Swap();
        Statuses.Add(Repository.Head, "success");
        Statuses.Add(swapped.Refused, "failure");
        Push(Repository.Head, swapped.Refused);
        Build().ExitCode.ShouldBe(1, Context.Jobs["build"].Log);
        Context.Jobs["revisions"].Outputs["base"].ShouldBe(Repository.Head);

        Push(swapped.Refused, swapped.Next);
        var build = Build();
        Context.Jobs["revisions"].Outputs.ShouldBe(new Dictionary<string, string>
        {
            ["commit"] = swapped.Next, ["revision"] = swapped.Next, ["object"] = swapped.Next, ["branch"] = "", ["base"] = Repository.Head, ["protected"] = Repository.Head,
        });
        build.ExitCode.ShouldBe(1, build.Log);
        build.Log.ShouldContain($"commit {swapped.Refused} : error CIC1001");
        Runner.Run("sign").Result.ShouldBe("skipped");
        Context.Asked.Keys.ShouldBe(["build"]);

        // The twin shows that the attack is one: with the refused revision named as base it goes through.
        Context.Inputs["base"] = swapped.Refused;
        Build().ExitCode.ShouldBe(0, Context.Jobs["build"].Log);
    }

    private void PullRequest(string head)
    {
        Context.GitHub["event_name"] = "pull_request";
        Context.GitHub["event.before"] = "";
        Context.GitHub["event.pull_request.head.sha"] = head;
        Context.GitHub["event.pull_request.base.sha"] = Repository.Head;
        Context.GitHub["event.pull_request.base.ref"] = "main";
        Context.GitHub["ref"] = "refs/pull/1/merge";
        Statuses.Add(Repository.Head, "success");
    }

    private void Push(string before, string after) => (Context.GitHub["event.before"], Context.GitHub["sha"]) = (before, after);

    private JobResult Build()
    {
        Runner.Run("revisions").ExitCode.ShouldBe(0, Context.Jobs["revisions"].Log);
        if (Directory.Exists(Runner.Artifact("cicompliance-unsigned-1")))
        {
            Directory.Delete(Runner.Artifact("cicompliance-unsigned-1"), recursive: true);
        }

        return Runner.Run("build");
    }

    private void NothingIsBuilt()
    {
        Runner.Run("build").Result.ShouldBe("skipped");
        Runner.Run("sign").Result.ShouldBe("skipped");
        Runner.Run("publish").Result.ShouldBe("skipped");
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
        var sign = Runner.Run("sign");
        sign.ExitCode.ShouldBe(exitCode, sign.Log);
        sign.Log.ShouldContain(message);
        sign.Outputs["signed"].ShouldBe("");
        Directory.Exists(Runner.Artifact("cicompliance")).ShouldBeFalse();
        Directory.EnumerateFiles(Path.Combine(Runner.Temp("sign"), "evidence"), "*.sigstore.json", SearchOption.AllDirectories).ShouldBeEmpty();
        NoSecretIsLeft(sign);
    }

    /// <summary>In no log, artifact or file of a Runner.</summary>
    private void NoSecretIsLeft(params JobResult[] jobs)
    {
        foreach (var name in KeySecrets)
        {
            var line = File.ReadAllLines(Scenario.KeyFile(name.ToLowerInvariant().Replace('_', '-')))[1];
            jobs.ShouldAllBe(job => !job.Log.Contains(line, StringComparison.Ordinal));
            Directory.EnumerateFiles(Temporary.Path, "*", SearchOption.AllDirectories)
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
        auditor.Options["--commit"] = Context.GitHub["event_name"] == "push" ? Context.GitHub["sha"] : Context.GitHub["event.pull_request.head.sha"];
        return auditor.Run("verify", "evidence", evidence).ExitCode;
    }
}
