using System.Diagnostics;
using CiCompliance.Diagnostics;
using CiCompliance.Testing;

namespace CiCompliance.Build.Tests.EndToEnd;

/// <summary>
/// The published tool against a GitHub on this machine, with the lines of docs/guides/publish.md: Octokit's serializer works by reflection, so only
/// the compiled tool shows that nothing of it was trimmed.
/// </summary>
[Platform("Linux")]
public sealed class PublishTests
{
    private const string Token = "ghs_canary0123456789";

    private static readonly string[] Script =
        ["-c", "token=$GITHUB_TOKEN; unset GITHUB_TOKEN; exec \"$@\" 3<<<\"$token\"", "bash"];

    [Test]
    public void PublishGitHub_AsTheGuideSays_WritesEverythingOnce()
    {
        using var server = new GitHubStub();
        using var folder = new SealedFolder(
            [.. Enumerable.Range(1, 60).Select(n => new Finding(new Diagnostic("CIC1001", DiagnosticKind.Notice, ""), $"go.sum({n})", new($"finding {n}", $"发现 {n}"), new("Fix it", "请修复")))],
            repository: new Uri(server.Root).Authority + "/acme/app");
        server.AddAsset("evidence.report.html", "starter", []);

        var (exitCode, messages) = Publish(server, folder);
        var writes = server.Writes.Count();
        var again = Publish(server, folder);

        exitCode.ShouldBe(0, messages);
        messages.ShouldNotContain(Token);
        server.Requests.ShouldAllBe(request => request.Headers["Authorization"] == "Bearer " + Token);
        server.CheckRuns.ShouldHaveSingleItem()["all"]!.AsArray().Count.ShouldBe(60);
        server.Statuses.Count.ShouldBe(1);
        server.Assets.Count.ShouldBe(14);
        again.ExitCode.ShouldBe(0, again.Messages);
        server.Writes.Count().ShouldBe(writes);
        server.Problems.ShouldBeEmpty();
    }

    [TestCase(403, """{"message":"Resource not accessible by integration"}""", "CIC5406")]
    [TestCase(422, """{"message":"Validation Failed","errors":[{"resource":"CheckRun","code":"invalid","field":"head_sha"}]}""", "CIC5410")]
    [TestCase(200, "<html>", "CIC5409")]
    public void PublishGitHub_WhenTheServerRefuses_Is3(int status, string body, string code)
    {
        using var server = new GitHubStub { Answer = _ => new GitHubAnswer(status, body) };
        using var folder = new SealedFolder(repository: new Uri(server.Root).Authority + "/acme/app");

        var (exitCode, messages) = Publish(server, folder);

        exitCode.ShouldBe(3, messages);
        messages.ShouldContain(code);
    }

    private static (int ExitCode, string Messages) Publish(GitHubStub server, SealedFolder folder)
    {
        var info = new ProcessStartInfo("/bin/bash", [.. Script, Scenario.Tool, "publish", "github", "--out", folder.Path, "--expect-digest", folder.Digest, "--release", "v1", "--token", "fd:3"])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var (name, value) in new Dictionary<string, string>
        {
            ["GITHUB_ACTIONS"] = "true",
            ["GITHUB_API_URL"] = server.ApiUrl,
            ["GITHUB_SERVER_URL"] = server.Root,
            ["GITHUB_REPOSITORY"] = "acme/app",
            ["GITHUB_RUN_ID"] = "7",
            ["GITHUB_STEP_SUMMARY"] = folder.Beside("summary"),
            ["GITHUB_OUTPUT"] = folder.Beside("output"),
            ["GITHUB_TOKEN"] = Token,
        })
        {
            info.Environment[name] = value;
        }

        using var process = Process.Start(info)!;
        var answer = process.StandardOutput.ReadToEndAsync();
        var messages = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, messages + answer.Result);
    }
}
