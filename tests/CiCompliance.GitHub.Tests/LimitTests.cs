using System.Diagnostics;

namespace CiCompliance.GitHub.Tests;

/// <summary>What GitHub answers when it limits, refuses, fails or hangs.</summary>
public sealed class LimitTests : PublishingFixture
{
    private const string Secondary = """{"message":"You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}""";

    [Test]
    public async Task RetryAfter_IsWaitedForWhateverElseIsSaid([Values(403, 429)] int status)
    {
        Once(new GitHubAnswer(status, Secondary, ("Retry-After", "17"), ("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "99999999999")));

        await PublishAsync();

        Clock.Waits.ShouldBe([TimeSpan.FromSeconds(17)]);
        Notes.ShouldContain("waiting 17 s for GitHub: it limits the requests");
    }

    [Test]
    public async Task RateLimitReset_IsWaitedForWhenNothingRemains([Values(403, 429)] int status)
    {
        Once(new GitHubAnswer(status, Secondary, ("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", $"{Clock.GetUtcNow().ToUnixTimeSeconds() + 301}")));

        await PublishAsync();

        Clock.Waits.ShouldBe([TimeSpan.FromSeconds(301)]);
    }

    [Test]
    public async Task RateLimitReset_InThePast_IsNoTightLoop()
    {
        Once(new GitHubAnswer(403, "{}", ("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1")));

        await PublishAsync();

        Clock.Waits.ShouldBe([TimeSpan.FromSeconds(1)]);
    }

    [Test]
    public async Task SecondaryLimit_IsWaitedForLongerAndLonger()
    {
        var limited = 0;
        Server.Answer = request => request.Method == "POST" && limited++ < 3 ? new GitHubAnswer(403, Secondary, ("x-ratelimit-remaining", "12")) : null;

        await PublishAsync();

        Clock.Waits.ShouldBe([TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(120), TimeSpan.FromSeconds(240)]);
        Server.CheckRuns.Count.ShouldBe(1);
    }

    [Test]
    public async Task SecondaryLimit_WithoutEnd_EndsAfterFewTries()
    {
        Server.Answer = _ => new GitHubAnswer(429, Secondary);

        (await RefusedAsync(() => PublishAsync())).Diagnostic.Code.ShouldBe("CIC5407");
        Server.Requests.Count.ShouldBe(5);
    }

    [Test]
    public async Task Limit_BeyondWhatAJobMaySleep_EndsAtOnce()
    {
        Server.Answer = _ => new GitHubAnswer(403, "{}", ("Retry-After", "3600"));

        var finding = await RefusedAsync(() => PublishAsync());

        finding.Diagnostic.Code.ShouldBe("CIC5407");
        finding.What.En.ShouldContain("3600 s");
        Server.Requests.Count.ShouldBe(1);
        Clock.Waits.ShouldBeEmpty();
    }

    [Test]
    public async Task TooManyRequests_WithoutAnyHint_IsNotRetried()
    {
        Server.Answer = _ => new GitHubAnswer(429, "{}");

        (await RefusedAsync(() => PublishAsync())).Diagnostic.Code.ShouldBe("CIC5407");
        Server.Requests.Count.ShouldBe(1);
    }

    [Test]
    public async Task Permission_IsNotRetriedAndNamesWhatIsAskedFor()
    {
        Server.Answer = request => request.IsWrite
            ? new GitHubAnswer(403, """{"message":"Resource not accessible by integration"}""", ("x-ratelimit-remaining", "4999"), ("X-Accepted-GitHub-Permissions", "checks=write")) : null;

        var finding = await RefusedAsync(() => PublishAsync());

        finding.Diagnostic.Code.ShouldBe("CIC5406");
        finding.What.En.ShouldBe("it answered 403: Resource not accessible by integration; it asks for checks=write");
        Server.Writes.Count().ShouldBe(1);
        Clock.Waits.ShouldBeEmpty();
    }

    [Test]
    public async Task Permission_ToRead_IsAskedForBeforeTheFirstWrite([Values("check-runs", "statuses", "releases")] string resource)
    {
        Server.Answer = request => request.Path.Contains(resource) ? new GitHubAnswer(403, """{"message":"Resource not accessible by integration"}""") : null;

        (await RefusedAsync(() => PublishAsync(release: "v1"))).Diagnostic.Code.ShouldBe("CIC5406");
        Server.Writes.ShouldBeEmpty();
    }

    [Test]
    public async Task Token_ThatIsNotValid_IsRefused()
    {
        Server.Answer = _ => new GitHubAnswer(401, """{"message":"Bad credentials"}""");

        (await RefusedAsync(() => PublishAsync())).Diagnostic.Code.ShouldBe("CIC5406");
        Server.Requests.Count.ShouldBe(1);
    }

    [TestCase("repo, workflow", "repo, workflow")]
    [TestCase("", "none")]
    public async Task ClassicToken_IsRefusedBeforeTheFirstWrite(string scopes, string shown)
    {
        Server.Header = ("X-OAuth-Scopes", scopes);

        var finding = await RefusedAsync(() => PublishAsync());

        finding.Diagnostic.Code.ShouldBe("CIC5405");
        finding.What.En.ShouldContain($"(scopes: {shown})");
        Server.Writes.ShouldBeEmpty();
    }

    [Test]
    public async Task Read_WhenTheServerFails_IsRepeated()
    {
        var failures = 0;
        Server.Answer = request => request.Method == "GET" && failures++ < 2 ? new GitHubAnswer(502, "<html>") : null;

        await PublishAsync();

        Clock.Waits.ShouldBe([TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4)]);
    }

    [Test]
    public async Task Server_ThatFailsWithoutEnd_IsGivenUp([Values("GET", "POST")] string method)
    {
        Server.Answer = request => request.Method == method ? new GitHubAnswer(500, "") : null;

        (await RefusedAsync(() => PublishAsync())).Diagnostic.Code.ShouldBe("CIC5408");
        Server.Requests.Count(request => request.Method == method).ShouldBeLessThanOrEqualTo(5);
    }

    [Test]
    public async Task Server_ThatIsNotThere_IsGivenUp()
    {
        (await RefusedAsync(() => PublishAsync(apiUrl: "http://127.0.0.1:9/"))).Diagnostic.Code.ShouldBe("CIC5408");
    }

    [Test]
    public async Task Server_ThatHangs_IsGivenUpInTime([Values("GET", "POST")] string method)
    {
        Bounds = Bounds with { Request = TimeSpan.FromMilliseconds(300) };
        Server.Answer = request => request.Method == method ? new GitHubAnswer(200, "") { Hang = true } : null;
        var watch = Stopwatch.StartNew();

        (await RefusedAsync(() => PublishAsync())).Diagnostic.Code.ShouldBe("CIC5408");
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(60));
    }

    [Test]
    public async Task Answer_ThatIsHuge_IsRefused()
    {
        Bounds = Bounds with { MaxAnswerBytes = 1 << 20 };
        Server.Answer = _ => new GitHubAnswer(200, new string(' ', 2 << 20));

        (await RefusedAsync(() => PublishAsync())).Diagnostic.Code.ShouldBe("CIC5409");
    }

    [TestCase("<html>not GitHub</html>")]
    [TestCase("[]")]
    [TestCase("""{"check_runs":[{"id":"x"}]}""")]
    [TestCase("""{"check_runs":7}""")]
    [TestCase("""{"check_runs":[null]}""")]
    [TestCase("{}")]
    [TestCase("")]
    [TestCase("null")]
    public async Task Answer_ThatIsNotGitHubs_IsRefusedBeforeTheFirstWrite(string body)
    {
        Server.Answer = request => request.Path.EndsWith("/check-runs", StringComparison.Ordinal) && !request.IsWrite ? new GitHubAnswer(200, body) : null;

        (await RefusedAsync(() => PublishAsync())).Diagnostic.Code.ShouldBe("CIC5409");
        Server.Writes.ShouldBeEmpty();
    }

    [Test]
    public async Task Redirect_IsNotFollowedWithTheToken()
    {
        Server.Answer = _ => new GitHubAnswer(307, "", ("Location", "http://127.0.0.1:9/elsewhere"));

        (await RefusedAsync(() => PublishAsync())).Diagnostic.Code.ShouldBe("CIC5410");
        Server.Requests.Count.ShouldBe(1);
    }

    [Test]
    public async Task Commit_ThatGitHubDoesNotHave_IsSaidSo()
    {
        Server.Answer = request => request.IsWrite ? new GitHubAnswer(422, """{"message":"No commit found for SHA: aaaa"}""") : null;

        var finding = await RefusedAsync(() => PublishAsync());

        finding.Diagnostic.Code.ShouldBe("CIC5410");
        finding.What.En.ShouldContain("No commit found for SHA");
        Server.Writes.Count().ShouldBe(1);
    }

    [TestCase("http://github.example/")]
    [TestCase("ftp://127.0.0.1/")]
    [TestCase("not an address")]
    [TestCase("https://user:secret@github.example/")]
    public async Task ApiUrl_ThatATokenMayNotBeSentTo_IsRefused(string url) =>
        (await RefusedAsync(() => PublishAsync(apiUrl: url))).Diagnostic.Code.ShouldBe("CIC5414");

    [Test]
    public async Task Evidence_OfAnotherRepository_IsNotPublished()
    {
        (await RefusedAsync(() => PublishAsync(repository: "acme/other"))).Diagnostic.Code.ShouldBe("CIC5403");
        Server.Requests.ShouldBeEmpty();
    }

    [Test]
    public void Pace_KeepsBelowBothLimits()
    {
        var pace = new WritePace(Clock);
        for (var n = 0; n < 80; n++)
        {
            pace.Next().ShouldBe(TimeSpan.Zero);
            pace.Count();
        }

        pace.Next().ShouldBe(TimeSpan.FromMinutes(1));
    }

    private void Once(GitHubAnswer answer)
    {
        var sent = 0;
        Server.Answer = _ => sent++ == 0 ? answer : null;
    }
}
