using CiCompliance.Source;
using CiCompliance.Testing;

namespace CiCompliance.Build.Tests.EndToEnd.Workflows;

/// <summary>The reusable workflow on a run that is about a tag, which a rule of the policy wants signed.</summary>
[NonParallelizable]
[Platform("Linux")]
public sealed class TagTests : WorkflowFixture
{
    [SetUp]
    public void SetUp()
    {
        Statuses.Add(Repository.Head, "success");
        (Context.GitHub["ref"], Context.GitHub["event.before"]) = ("refs/tags/v1.0.0", new string('0', 40));
    }

    [TestCase("push")]
    [TestCase("release")]
    [TestCase("workflow_dispatch")]
    public void TagAtTheEndOfTheBranch_IsFoundUnderItsNameAndJudgedFromThePassBefore(string name)
    {
        var tag = Repository.Tag("v1.0.0", Repository.Head, TagKind.Signed);
        Context.GitHub["event_name"] = name;
        // A moved tag's own past sets no rules, however protected it is.
        Context.GitHub["event.before"] = Repository.Head;
        Revisions().ShouldBe(new Dictionary<string, string>
        {
            ["commit"] = Repository.Head, ["revision"] = "refs/tags/v1.0.0", ["object"] = tag, ["branch"] = "main", ["base"] = Repository.Base, ["protected"] = Repository.Base,
        });
    }

    [Test]
    public void TagBesideTheBranch_IsJudgedForNoBranch()
    {
        var commit = Repository.Propose("refs/heads/topic", isSigned: true);
        Context.GitHub["sha"] = commit;
        Repository.Tag("v1.0.0", commit, TagKind.Signed);
        var outputs = Revisions();
        (outputs["commit"], outputs["branch"], outputs["base"]).ShouldBe((commit, "", Repository.Head));
    }

    [Test]
    public void TagThatLacksTheLastPass_IsJudgedFromWhereItLeftOnlyBesideTheBranch()
    {
        var early = Repository.ProposeBesideHead();
        foreach (var (commit, start) in new[] { (early, Repository.Base), (Repository.Base, Repository.Head) })
        {
            Context.GitHub["sha"] = commit;
            Repository.Tag("v1.0.0", commit, TagKind.Signed);
            var outputs = Revisions();
            (outputs["base"], outputs["protected"]).ShouldBe((start, Repository.Head));
        }
    }

    [Test]
    public void TagThatIsSigned_IsBuiltSignedAndStandsInTheEvidence()
    {
        Repository.Tag("v1.0.0", Repository.Head, TagKind.Signed);
        Revisions();
        Runner.Run("build").ExitCode.ShouldBe(0, Context.Jobs["build"].Log);
        Runner.Run("sign").ExitCode.ShouldBe(0, Context.Jobs["sign"].Log);

        var source = SourceRecord.Parse(File.ReadAllBytes(Path.Combine(Runner.Artifact("cicompliance"), "source", "source.json")));
        (source.Tag, source.Branch, source.Commit).ShouldBe(("v1.0.0", "main", Repository.Head));
    }

    [TestCase(false)]
    [TestCase(true)]
    public void TagOfARuledNameThatIsNotSigned_IsRefused(bool isAnnotated)
    {
        Repository.Tag("v1.0.0", Repository.Head, isAnnotated ? TagKind.Unsigned : TagKind.Lightweight);
        Revisions();
        var build = Runner.Run("build");
        build.ExitCode.ShouldBe(1, build.Log);
        build.Log.ShouldContain("error CIC1001");
        Runner.Run("sign").Result.ShouldBe("skipped");
    }

    [Test]
    public void TagThatLeadsElsewhereOrNowhere_Stops()
    {
        Stops("no commit");
        Repository.Tag("v1.0.0", Repository.Base, TagKind.Signed);
        Stops(Repository.Base);
    }

    [TestCase("build")]
    [TestCase("sign")]
    public void TagThatIsMadeAgainBetweenJobs_StopsThem(string job)
    {
        Repository.Tag("v1.0.0", Repository.Head, TagKind.Signed);
        Revisions();
        if (job == "sign")
        {
            Runner.Run("build").ExitCode.ShouldBe(0, Context.Jobs["build"].Log);
        }

        Repository.Tag("v1.0.0", Repository.Head, TagKind.Signed);
        var stopped = Runner.Run(job);
        stopped.ExitCode.ShouldBe(3, stopped.Log);
        stopped.Log.ShouldContain("if the tag was moved");
        Directory.Exists(Runner.Artifact("cicompliance")).ShouldBeFalse();
    }

    private Dictionary<string, string> Revisions()
    {
        Runner.Run("revisions").ExitCode.ShouldBe(0, Context.Jobs["revisions"].Log);
        return Context.Jobs["revisions"].Outputs;
    }

    private void Stops(string where)
    {
        var revisions = Runner.Run("revisions");
        revisions.ExitCode.ShouldBe(3, revisions.Log);
        revisions.Log.ShouldContain($"refs/tags/v1.0.0 leads to {where} in this clone");
        Runner.Run("build").Result.ShouldBe("skipped");
    }
}
