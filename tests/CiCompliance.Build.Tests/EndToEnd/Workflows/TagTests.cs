using CiCompliance.Source;
using CiCompliance.Testing;

namespace CiCompliance.Build.Tests.EndToEnd.Workflows;

/// <summary>The reusable workflow on a run that is about a tag, which a rule of the policy wants signed.</summary>
[NonParallelizable]
[Platform("Linux")]
public sealed class TagTests
{
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
        statuses.Add(repository.Head, "success");
        context = new RunContext
        {
            GitHub = new()
            {
                ["event_name"] = "push", ["ref"] = "refs/tags/v1.0.0", ["sha"] = repository.Head, ["ref_protected"] = "true", ["run_attempt"] = "1", ["token"] = "ghs_canary0123456789",
                ["api_url"] = statuses.Url, ["event.before"] = new string('0', 40), ["event.repository.default_branch"] = "main",
            },
            Inputs = new()
            {
                ["tool-version"] = ToolPackage.Version, ["tool-sha256"] = ToolPackage.Write(temporary.Combine("feed")), ["tool-feed"] = temporary.Combine("feed"),
                ["sm2-certificates"] = File.ReadAllText(Scenario.KeyFile("sm2-certificates")),
            },
            Secrets = new[] { "SM2_KEY", "P256_KEY", "LOG_KEY", "LOG_SM2_KEY" }.ToDictionary(name => name, name => File.ReadAllText(Scenario.KeyFile(name.ToLowerInvariant().Replace('_', '-')))),
        };
        runner = new SimulatedRunner(WorkflowFile.Read(".github/workflows/go-compliance.yml"), context, repository.Origin, temporary.Path);
    }

    [TearDown]
    public void TearDown()
    {
        statuses.Dispose();
        temporary.Dispose();
    }

    [TestCase("push")]
    [TestCase("release")]
    [TestCase("workflow_dispatch")]
    public void TagAtTheEndOfTheBranch_IsFoundUnderItsNameAndJudgedFromThePassBefore(string name)
    {
        var tag = repository.Tag("v1.0.0", repository.Head, TagKind.Signed);
        context.GitHub["event_name"] = name;
        // A moved tag's own past sets no rules, however protected it is.
        context.GitHub["event.before"] = repository.Head;
        Revisions().ShouldBe(new Dictionary<string, string>
        {
            ["commit"] = repository.Head, ["revision"] = "refs/tags/v1.0.0", ["object"] = tag, ["branch"] = "main", ["base"] = repository.Base,
        });
    }

    [Test]
    public void TagBesideTheBranch_IsJudgedForNoBranch()
    {
        var commit = repository.Propose("refs/heads/topic", isSigned: true);
        context.GitHub["sha"] = commit;
        repository.Tag("v1.0.0", commit, TagKind.Signed);
        var outputs = Revisions();
        (outputs["commit"], outputs["branch"], outputs["base"]).ShouldBe((commit, "", repository.Head));
    }

    [Test]
    public void TagThatIsSigned_IsBuiltSignedAndStandsInTheEvidence()
    {
        repository.Tag("v1.0.0", repository.Head, TagKind.Signed);
        Revisions();
        runner.Run("build").ExitCode.ShouldBe(0, context.Jobs["build"].Log);
        runner.Run("sign").ExitCode.ShouldBe(0, context.Jobs["sign"].Log);

        var source = SourceRecord.Parse(File.ReadAllBytes(Path.Combine(runner.Artifact("cicompliance"), "source", "source.json")));
        (source.Tag, source.Branch, source.Commit).ShouldBe(("v1.0.0", "main", repository.Head));
    }

    [TestCase(false)]
    [TestCase(true)]
    public void TagOfARuledNameThatIsNotSigned_IsRefused(bool isAnnotated)
    {
        repository.Tag("v1.0.0", repository.Head, isAnnotated ? TagKind.Unsigned : TagKind.Lightweight);
        Revisions();
        var build = runner.Run("build");
        build.ExitCode.ShouldBe(1, build.Log);
        build.Log.ShouldContain("error CIC1001");
        runner.Run("sign").Result.ShouldBe("skipped");
    }

    [Test]
    public void TagThatLeadsElsewhereOrNowhere_Stops()
    {
        Stops("no commit");
        repository.Tag("v1.0.0", repository.Base, TagKind.Signed);
        Stops(repository.Base);
    }

    [TestCase("build")]
    [TestCase("sign")]
    public void TagThatIsMadeAgainBetweenJobs_StopsThem(string job)
    {
        repository.Tag("v1.0.0", repository.Head, TagKind.Signed);
        Revisions();
        if (job == "sign")
        {
            runner.Run("build").ExitCode.ShouldBe(0, context.Jobs["build"].Log);
        }

        repository.Tag("v1.0.0", repository.Head, TagKind.Signed);
        var stopped = runner.Run(job);
        stopped.ExitCode.ShouldBe(3, stopped.Log);
        stopped.Log.ShouldContain("if the tag was moved");
        Directory.Exists(runner.Artifact("cicompliance")).ShouldBeFalse();
    }

    private Dictionary<string, string> Revisions()
    {
        runner.Run("revisions").ExitCode.ShouldBe(0, context.Jobs["revisions"].Log);
        return context.Jobs["revisions"].Outputs;
    }

    private void Stops(string where)
    {
        var revisions = runner.Run("revisions");
        revisions.ExitCode.ShouldBe(3, revisions.Log);
        revisions.Log.ShouldContain($"refs/tags/v1.0.0 leads to {where} in this clone");
        runner.Run("build").Result.ShouldBe("skipped");
    }
}
