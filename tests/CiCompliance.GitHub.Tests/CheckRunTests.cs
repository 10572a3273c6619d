using CiCompliance.Attestations;

namespace CiCompliance.GitHub.Tests;

public sealed class CheckRunTests : PublishingFixture
{
    [TestCase(0, 1)]
    [TestCase(1, 1)]
    [TestCase(50, 1)]
    [TestCase(51, 2)]
    [TestCase(500, 10)]
    public async Task Annotations_OfAnyNumber_TakeTheFewestRequests(int count, int requests)
    {
        await PublishAsync(count);

        var writes = Server.Writes.Where(request => request.Path.Contains("check-runs")).ToList();
        writes.Count.ShouldBe(requests);
        writes.Select(request => request.Method).ShouldBe(["POST", .. Enumerable.Repeat("PATCH", requests - 1)]);
        var run = Server.CheckRuns.ShouldHaveSingleItem();
        run["all"]!.AsArray().Select(annotation => (int)annotation!["start_line"]!).ShouldBe(Enumerable.Range(1, count));
        Clock.Waits.ShouldBeEmpty();
    }

    [Test]
    public async Task CheckRun_UntilItsLastAnnotation_IsNotCompleted()
    {
        await PublishAsync(101);

        Server.Writes.Where(request => request.Path.Contains("check-runs")).Select(request => ((string?)request.Json["status"], (string?)request.Json["conclusion"]))
            .ShouldBe([("in_progress", null), ("in_progress", null), ("completed", "failure")]);
    }

    [Test]
    public async Task CheckRun_SaysWhereTheSealStandsInTheLog()
    {
        await PublishAsync();

        var run = Server.CheckRuns.Single();
        ((string)run["summary"]!).ShouldContain("Log index | 42");
        ((string)run["summary"]!).ShouldContain(Convert.ToHexStringLower(CiCompliance.TransparencyLog.MerkleProof.LeafHash("{\"entry\":1}"u8)));
        ((string)run["conclusion"]!).ShouldBe("success");
        ((string)Server.Statuses.Single()["description"]!).ShouldStartWith("pass; log index 42, uuid ");
        ((string)Server.Statuses.Single()["state"]!).ShouldBe("success");
    }

    [Test]
    public async Task Annotation_StandsAtItsLineOfTheModulesFile()
    {
        await PublishAsync(1);

        var annotation = Server.CheckRuns.Single()["all"]![0]!;
        ((string)annotation["path"]!, (int)annotation["start_line"]!, (int)annotation["start_column"]!, (string)annotation["annotation_level"]!)
            .ShouldBe(("svc/go.sum", 1, 2, "failure"));
    }

    [TestCase(true, RunMode.Demonstration, true, "action_required", "failure", "demonstration")]
    [TestCase(false, RunMode.Production, true, "action_required", "error", "not sealed")]
    [TestCase(true, RunMode.Production, false, "action_required", "failure", "no expected digest")]
    public async Task CheckRun_OfAPassThatIsNone_LetsNoMergeThrough(bool isSealed, RunMode mode, bool isExpected, string conclusion, string state, string why)
    {
        await PublishAsync(isSealed: isSealed, mode: mode, isExpected: isExpected);

        ((string)Server.CheckRuns.Single()["title"]!).ShouldStartWith($"Do not deploy ({why})");
        ((string)Server.CheckRuns.Single()["summary"]!).ShouldStartWith($"## Do not deploy ({why})");
        ((string)Server.Statuses.Single()["description"]!).ShouldContain($" ({why})");
        ((string)Server.CheckRuns.Single()["conclusion"]!).ShouldBe(conclusion);
        ((string)Server.Statuses.Single()["state"]!).ShouldBe(state);
    }

    [Test]
    public async Task Publishing_Again_WritesNothing()
    {
        await PublishAsync(51, "v1", isSealed: true);
        var writes = Server.Writes.Count();

        var items = await PublishAsync(51, "v1");

        Server.Writes.Count().ShouldBe(writes);
        items.ShouldAllBe(item => item.WasThere);
    }

    [Test]
    public async Task Publishing_AgainWithTheDigest_IsAGreenCheckRunOfItsOwn()
    {
        await PublishAsync(isExpected: false);
        await PublishAsync();

        Server.CheckRuns.Select(run => (string)run["conclusion"]!).ShouldBe(["action_required", "success"]);
        ((string)Server.Statuses[^1]["state"]!).ShouldBe("success");
    }

    [Test]
    public async Task Publishing_OfOtherEvidence_IsAnotherCheckRun()
    {
        await PublishAsync();
        await PublishAsync(1);

        Server.CheckRuns.Count.ShouldBe(2);
    }

    [Test]
    public async Task LookUp_WhenManyRunsHaveTheName_ReadsFurtherPages()
    {
        for (var n = 0; n < 65; n++)
        {
            await PublishAsync(n % 2 == 0 ? 0 : 1);
            Server.CheckRuns[^1]["external_id"] = n == 0 ? Server.CheckRuns[0]["external_id"]!.DeepClone() : $"other-{n}";
        }

        var before = Server.CheckRuns.Count;
        await PublishAsync();

        Server.CheckRuns.Count.ShouldBe(before);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Write_WhoseFateIsUnknown_IsLookedUpBeforeItIsRepeated(bool itHappened)
    {
        var failures = 0;
        Server.Answer = request => request.Method == "PATCH" && failures++ == 0 ? new GitHubAnswer(503, "{}") { AfterEffect = itHappened } : null;

        await PublishAsync(120);

        var run = Server.CheckRuns.ShouldHaveSingleItem();
        run["all"]!.AsArray().Select(annotation => (int)annotation!["start_line"]!).ShouldBe(Enumerable.Range(1, 120));
        Server.Writes.Count(request => request.Method == "PATCH").ShouldBe(itHappened ? 2 : 3);
    }

    [Test]
    public async Task Create_WhenItHappenedAndTheAnswerIsLost_IsNotRepeated()
    {
        var failures = 0;
        Server.Answer = request => request.Method == "POST" && failures++ == 0 ? new GitHubAnswer(502, "") { AfterEffect = true } : null;

        await PublishAsync();

        Server.CheckRuns.Count.ShouldBe(1);
    }

    [Test]
    public async Task Status_WhoseFateIsUnknown_IsLookedUp()
    {
        var failures = 0;
        Server.Answer = request => request.Path.Contains("/statuses/") && failures++ == 0 ? new GitHubAnswer(500, "") { AfterEffect = true } : null;

        await PublishAsync();

        Server.Statuses.Count.ShouldBe(1);
    }

    [Test]
    public async Task Publishing_WhenItIsCancelled_Stops()
    {
        Server.Answer = request =>
        {
            Cancel();
            return null;
        };

        await Should.ThrowAsync<OperationCanceledException>(() => PublishAsync());
        Server.Writes.ShouldBeEmpty();
    }
}
