using CiCompliance.Testing;

namespace CiCompliance.Build.Tests.EndToEnd.Workflows;

/// <summary>The workflow's first job: what counts as a revision that passed, and what happens where nobody says.</summary>
[NonParallelizable]
[Platform("Linux")]
public sealed class RevisionsTests
{
    private const string Token = "ghs_canary0123456789";

    private TempDirectory temporary = null!;
    private ProtectedRepository repository = null!;
    private StatusApi statuses = null!;
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
            Inputs = [],
        };
        runner = new SimulatedRunner(WorkflowFile.Read(".github/workflows/go-compliance.yml"), context, repository.Origin, temporary.Path);
    }

    [TearDown]
    public void TearDown()
    {
        statuses.Dispose();
        temporary.Dispose();
    }

    [TestCase("failure", "github-actions[bot]", "CiCompliance (main)")]
    [TestCase("pending", "github-actions[bot]", "CiCompliance (main)")]
    [TestCase("success", "mallory", "CiCompliance (main)")]
    [TestCase("success", "github-actions[bot]", "CiCompliance")]
    [TestCase("success", "github-actions[bot]", "CiCompliance (Main)")]
    [TestCase("success", "github-actions[bot]", "CiCompliance (topic)")]
    public void StatusThatIsNoPass_MakesNoRevisionTheBase(string state, string creator, string name)
    {
        statuses.Clear();
        statuses.Add(repository.Base, "success");
        statuses.Add(repository.Base, state, creator, name);
        var isOlderStillGood = creator == "mallory" || name != "CiCompliance (main)";
        var revisions = runner.Run("revisions");
        revisions.ExitCode.ShouldBe(isOlderStillGood ? 0 : 2, revisions.Log);

        statuses.Clear();
        statuses.Add(repository.Base, state, creator, name);
        revisions = runner.Run("revisions");
        revisions.ExitCode.ShouldBe(2, revisions.Log);
        revisions.Log.ShouldContain("with the input base");
        runner.Run("build").Result.ShouldBe("skipped");
        runner.Run("sign").Result.ShouldBe("skipped");
    }

    [TestCase("release/2026.11", "release/2026.11")]
    [TestCase("Main", "sha256:eb814be3ca3b78c0734c560518be2a03e8d8f6e7e26447224cc7c7b105e1193e")]
    [TestCase("main) (x", "sha256:4f559a2ae346e7ec9b64cd3f4de7a0682e6618fdfc9446627c4e597efc02fa14")]
    [TestCase("发布", "sha256:b61f333b91b21f79ba7b61efa3eac850742757b5668a9a2b1ff30e68f743b7ae")]
    public void PassOfAnotherProtectedBranch_IsLookedForUnderItsOwnName(string branch, string shown)
    {
        // The names are those of the tool's own test: both write the same.
        context.GitHub["ref"] = "refs/heads/" + branch;
        runner.Run("revisions").ExitCode.ShouldBe(2, context.Jobs["revisions"].Log);

        statuses.Add(repository.Base, "success", context: $"CiCompliance ({shown})");
        runner.Run("revisions").ExitCode.ShouldBe(0, context.Jobs["revisions"].Log);
        context.Jobs["revisions"].Outputs["base"].ShouldBe(repository.Base);
    }

    [Test]
    public void PullRequest_IsJudgedFromAPassForItsTarget()
    {
        context.GitHub["event_name"] = "pull_request";
        context.GitHub["event.pull_request.head.sha"] = repository.Head;
        context.GitHub["event.pull_request.base.sha"] = repository.Base;
        context.GitHub["event.pull_request.base.ref"] = "release";
        runner.Run("revisions").ExitCode.ShouldBe(2, context.Jobs["revisions"].Log);

        context.GitHub["event.pull_request.base.ref"] = "main";
        runner.Run("revisions").ExitCode.ShouldBe(0, context.Jobs["revisions"].Log);
    }

    [TestCase(503, "down")]
    [TestCase(403, "{}")]
    [TestCase(200, "{\"message\":\"success\"}")]
    [TestCase(200, "{}")]
    [TestCase(200, "no json")]
    [TestCase(200, "")]
    public void ApiThatDoesNotAnswer_LeavesItUndecided(int status, string body)
    {
        statuses.Stub.Answer = _ => new GitHubAnswer(status, body);
        var revisions = runner.Run("revisions");
        revisions.ExitCode.ShouldBe(3, revisions.Log);
        revisions.Log.ShouldNotContain(Token);
        runner.Run("build").Result.ShouldBe("skipped");
        runner.Run("sign").Result.ShouldBe("skipped");
    }

    [Test]
    public void RevisionThatIsGone_AsksForABase()
    {
        context.GitHub["event.before"] = new string('1', 40);
        var revisions = runner.Run("revisions");
        revisions.ExitCode.ShouldBe(2, revisions.Log);
        revisions.Log.ShouldContain("with the input base");
    }

    [Test]
    public void Token_GoesToTheApiAndNowhereElse()
    {
        runner.Run("revisions").Log.ShouldNotContain(Token);
        statuses.Stub.Requests.ShouldHaveSingleItem().Headers["Authorization"].ShouldBe($"Bearer {Token}");
        Directory.EnumerateFiles(runner.Temp("revisions"), "*", SearchOption.AllDirectories).ShouldAllBe(file => !File.ReadAllText(file).Contains(Token));
    }
}
