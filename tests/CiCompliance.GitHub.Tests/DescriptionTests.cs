namespace CiCompliance.GitHub.Tests;

/// <summary>GitHub's own description of its API against what is sent and what is read.</summary>
public sealed class DescriptionTests : PublishingFixture
{
    [Test]
    public async Task Requests_OfAWholePublication_AreAllDescribed()
    {
        _ = GitHubDescription.Require();
        Server.AddAsset("evidence.report.html", "starter", []);

        await PublishAsync(120, "v1");

        Server.Problems.ShouldBeEmpty();
        Server.Requests.Select(request => request.Method).Distinct().ShouldBe(["GET", "POST", "PATCH", "DELETE"], ignoreOrder: true);
    }

    [Test]
    public async Task Answers_OfTheDescriptionsOwnExamples_AreRead()
    {
        var description = GitHubDescription.Require();
        const string Repository = "/repos/{owner}/{repo}/";
        using var gitHub = new OctokitGitHub(Server.ApiUrl, "acme/app", Token, "0.1.0", TimeProvider.System, new Progress<LocalizedText>(), CancellationToken.None);
        var part = new CheckRunPart("title", "summary", null, "success", []);
        void Answer(string method, string path, int status) => Server.Answer = _ => new GitHubAnswer(status, description.ExampleOf(method, Repository + path, status).Replace("https://uploads.github.com", Server.Root));

        Answer("post", "check-runs", 201);
        (await gitHub.CreateCheckRunAsync("c", "n", "e", part)).Id.ShouldBeGreaterThan(0);
        Answer("patch", "check-runs/{check_run_id}", 200);
        (await gitHub.UpdateCheckRunAsync(1, part)).ShouldSatisfyAllConditions(run => run.Id.ShouldBeGreaterThan(0), run => run.IsCompleted.ShouldBeTrue());
        Answer("get", "commits/{ref}/check-runs", 200);
        (await gitHub.FindCheckRunAsync("c", "n", "")).ShouldNotBeNull().Annotations.ShouldBeGreaterThan(0);
        Answer("post", "statuses/{sha}", 201);
        await gitHub.CreateStatusAsync("c", new CommitStatus("c", "success", "d", null));
        Answer("get", "commits/{ref}/statuses", 200);
        (await gitHub.FindStatusAsync("c", "continuous-integration/jenkins")).ShouldNotBeNull().State.ShouldBe("success");
        Answer("get", "releases/tags/{tag}", 200);
        var release = (await gitHub.FindReleaseAsync("v1.0.0")).ShouldNotBeNull();
        Answer("get", "git/tags/{tag_sha}", 200);
        (await gitHub.FindTagCommitAsync("v0.0.1")).ShouldNotBeNull().Length.ShouldBe(40);
        Answer("get", "git/ref/{ref}", 200);
        (await gitHub.FindTagCommitAsync("v0.0.1")).ShouldNotBeNull().Length.ShouldBe(40);
        Answer("get", "releases/{release_id}/assets", 200);
        (await gitHub.ListAssetsAsync(release)).ShouldHaveSingleItem().IsComplete.ShouldBeTrue();
        Answer("post", "releases/{release_id}/assets", 201);
        (await gitHub.UploadAssetAsync(release, "example.zip", "label", "application/json", [1])).Name.ShouldBe("example.zip");
    }

    [Test]
    public void Description_RefusesWhatGitHubWould()
    {
        var description = GitHubDescription.Require();
        IReadOnlyList<string> Check(string method, string path, string body, Dictionary<string, string>? query = null) =>
            description.Check(new GitHubRequest(method, path, query ?? [], System.Text.Encoding.UTF8.GetBytes(body), new Dictionary<string, string> { ["Content-Type"] = "application/json" }));

        Check("POST", "/repos/a/b/check-runs", """{"name":"x"}""").ShouldBe(["body.head_sha is missing"]);
        Check("POST", "/repos/a/b/statuses/c", """{"state":"good"}""").ShouldBe(["body.state may not be \"good\""]);
        Check("PATCH", "/repos/a/b/check-runs/1", $$$"""{"output":{"summary":"{{{new string('x', 65536)}}}"}}""").ShouldBe(["body.output.summary has 65536 characters, more than 65535"]);
        Check("GET", "/repos/a/b/commits/c/check-runs", "", new() { ["filter"] = "some" }).ShouldBe(["filter may not be \"some\""]);
        Check("PUT", "/repos/a/b/check-runs", "{}").ShouldBe(["the description has no such operation"]);
    }
}
