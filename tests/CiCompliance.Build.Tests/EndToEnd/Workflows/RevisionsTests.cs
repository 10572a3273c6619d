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

    [TestCase("failure", "github-actions[bot]", "CiCompliance")]
    [TestCase("pending", "github-actions[bot]", "CiCompliance")]
    [TestCase("success", "mallory", "CiCompliance")]
    [TestCase("success", "github-actions[bot]", "other")]
    public void StatusThatIsNoPass_MakesNoRevisionTheBase(string state, string creator, string name)
    {
        statuses.Clear();
        statuses.Add(repository.Base, "success");
        statuses.Add(repository.Base, state, creator, name);
        var isOlderStillGood = creator == "mallory" || name == "other";
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
