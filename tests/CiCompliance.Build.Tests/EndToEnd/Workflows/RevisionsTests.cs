using CiCompliance.Testing;

namespace CiCompliance.Build.Tests.EndToEnd.Workflows;

/// <summary>The workflow's first job: what counts as a revision that passed, and what happens where nobody says.</summary>
[NonParallelizable]
[Platform("Linux")]
public sealed class RevisionsTests : WorkflowFixture
{
    [SetUp]
    public void SetUp() => Context.Inputs.Clear();

    [TestCase("failure", "github-actions[bot]", "CiCompliance (main)")]
    [TestCase("pending", "github-actions[bot]", "CiCompliance (main)")]
    [TestCase("success", "mallory", "CiCompliance (main)")]
    [TestCase("success", "github-actions[bot]", "CiCompliance")]
    [TestCase("success", "github-actions[bot]", "CiCompliance (Main)")]
    [TestCase("success", "github-actions[bot]", "CiCompliance (topic)")]
    public void StatusThatIsNoPass_MakesNoRevisionTheBase(string state, string creator, string name)
    {
        Statuses.Clear();
        Statuses.Add(Repository.Base, "success");
        Statuses.Add(Repository.Base, state, creator, name);
        var isOlderStillGood = creator == "mallory" || name != "CiCompliance (main)";
        var revisions = Runner.Run("revisions");
        revisions.ExitCode.ShouldBe(isOlderStillGood ? 0 : 2, revisions.Log);

        Statuses.Clear();
        Statuses.Add(Repository.Base, state, creator, name);
        revisions = Runner.Run("revisions");
        revisions.ExitCode.ShouldBe(2, revisions.Log);
        revisions.Log.ShouldContain("with the input base");
        Runner.Run("build").Result.ShouldBe("skipped");
        Runner.Run("sign").Result.ShouldBe("skipped");
    }

    [TestCase("release/2026.11", "release/2026.11")]
    [TestCase("Main", "sha256:eb814be3ca3b78c0734c560518be2a03e8d8f6e7e26447224cc7c7b105e1193e")]
    [TestCase("main) (x", "sha256:4f559a2ae346e7ec9b64cd3f4de7a0682e6618fdfc9446627c4e597efc02fa14")]
    [TestCase("发布", "sha256:b61f333b91b21f79ba7b61efa3eac850742757b5668a9a2b1ff30e68f743b7ae")]
    public void PassOfAnotherProtectedBranch_IsLookedForUnderItsOwnName(string branch, string shown)
    {
        // The names are those of the tool's own test: both write the same.
        Context.GitHub["ref"] = "refs/heads/" + branch;
        Runner.Run("revisions").ExitCode.ShouldBe(2, Context.Jobs["revisions"].Log);

        Statuses.Add(Repository.Base, "success", context: $"CiCompliance ({shown})");
        Runner.Run("revisions").ExitCode.ShouldBe(0, Context.Jobs["revisions"].Log);
        Context.Jobs["revisions"].Outputs["base"].ShouldBe(Repository.Base);
    }

    [Test]
    public void PullRequest_IsJudgedFromAPassForItsTarget()
    {
        PullRequest("main", Repository.Head, Repository.Base);
        Statuses.Clear();
        Statuses.Add(Repository.Base, "success", context: "CiCompliance (release)");
        Runner.Run("revisions").ExitCode.ShouldBe(2, Context.Jobs["revisions"].Log);

        Statuses.Add(Repository.Base, "success");
        Runner.Run("revisions").ExitCode.ShouldBe(0, Context.Jobs["revisions"].Log);
    }

    [TestCase("release")]
    [TestCase("Main")]
    [TestCase("main ")]
    [TestCase("")]
    public void PullRequestIntoAnotherBranchThanTheDefaultOne_TakesNoRulesFromIt(string target)
    {
        // Whoever may push to the branch could have brought it to pass.
        PullRequest(target, Repository.Head, Repository.Base);
        Statuses.Add(Repository.Base, "success", context: $"CiCompliance ({target})");
        var revisions = Runner.Run("revisions");
        revisions.ExitCode.ShouldBe(3, revisions.Log);
        revisions.Log.ShouldContain("CIC1034");
        Statuses.Stub.Requests.ShouldBeEmpty();
        Runner.Run("build").Result.ShouldBe("skipped");

        Context.Inputs["base"] = Repository.Base[..12];
        RangeIs(Repository.Base, Repository.Base);
    }

    [Test]
    public void PullRequestBehindItsTarget_IsJudgedSinceItLeftItByTheRulesOfToday()
    {
        Statuses.Add(Repository.Head, "success");
        PullRequest("main", Repository.ProposeBesideHead(), Repository.Head);
        RangeIs(Repository.Base, Repository.Head);

        // What the target holds already is not judged since before itself.
        Context.GitHub["event.pull_request.head.sha"] = Repository.Base;
        RangeIs(Repository.Head, Repository.Head);
    }

    [TestCase("refs/heads/early", true)]
    [TestCase("refs/heads/main", false)]
    public void PushOfWhatLacksTheLastPass_IsJudgedFromWhereItLeftOnlyBesideTheBranch(string reference, bool isBeside)
    {
        // To the branch itself it is a force push, which the range from the last pass refuses.
        Statuses.Add(Repository.Head, "success");
        (Context.GitHub["ref"], Context.GitHub["ref_protected"]) = (reference, isBeside ? "false" : "true");
        (Context.GitHub["event.before"], Context.GitHub["sha"]) = (Repository.Head, Repository.ProposeBesideHead());
        RangeIs(isBeside ? Repository.Base : Repository.Head, Repository.Head);
    }

    [TestCase("no-such-revision")]
    [TestCase("--all")]
    [TestCase("1111111111111111111111111111111111111111")]
    public void BaseThatIsNoRevision_Stops(string named)
    {
        Context.Inputs["base"] = named;
        var revisions = Runner.Run("revisions");
        revisions.ExitCode.ShouldBe(2, revisions.Log);
        revisions.Log.ShouldContain("not in this clone");
    }

    [TestCase(503, "down")]
    [TestCase(403, "{}")]
    [TestCase(200, "{\"message\":\"success\"}")]
    [TestCase(200, "{}")]
    [TestCase(200, "no json")]
    [TestCase(200, "")]
    public void ApiThatDoesNotAnswer_LeavesItUndecided(int status, string body)
    {
        Statuses.Stub.Answer = _ => new GitHubAnswer(status, body);
        var revisions = Runner.Run("revisions");
        revisions.ExitCode.ShouldBe(3, revisions.Log);
        revisions.Log.ShouldNotContain(Token);
        Runner.Run("build").Result.ShouldBe("skipped");
        Runner.Run("sign").Result.ShouldBe("skipped");
    }

    [Test]
    public void RevisionThatIsGone_AsksForABase()
    {
        Context.GitHub["event.before"] = new string('1', 40);
        var revisions = Runner.Run("revisions");
        revisions.ExitCode.ShouldBe(2, revisions.Log);
        revisions.Log.ShouldContain("with the input base");
    }

    [Test]
    public void Token_GoesToTheApiAndNowhereElse()
    {
        Runner.Run("revisions").Log.ShouldNotContain(Token);
        Statuses.Stub.Requests.ShouldHaveSingleItem().Headers["Authorization"].ShouldBe($"Bearer {Token}");
        Directory.EnumerateFiles(Runner.Temp("revisions"), "*", SearchOption.AllDirectories).ShouldAllBe(file => !File.ReadAllText(file).Contains(Token));
    }

    private void PullRequest(string target, string head, string @base)
    {
        Context.GitHub["event_name"] = "pull_request";
        Context.GitHub["ref"] = "refs/pull/1/merge";
        Context.GitHub["event.pull_request.head.sha"] = head;
        Context.GitHub["event.pull_request.base.sha"] = @base;
        Context.GitHub["event.pull_request.base.ref"] = target;
    }

    private void RangeIs(string @base, string @protected)
    {
        Runner.Run("revisions").ExitCode.ShouldBe(0, Context.Jobs["revisions"].Log);
        var outputs = Context.Jobs["revisions"].Outputs;
        (outputs["base"], outputs["protected"]).ShouldBe((@base, @protected));
    }
}
