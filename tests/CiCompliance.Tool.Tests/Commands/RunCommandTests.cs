using System.Text.Json;
using CiCompliance.Diagnostics;
using CiCompliance.Pipeline;
using CiCompliance.Testing;

namespace CiCompliance.Tool.Tests.Commands;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class RunCommandTests : IDisposable
{
    private static readonly Diagnostic Refused = new("CIC1001", DiagnosticKind.NotCompliant, "The commit carries no signature");

    private readonly TempDirectory temporary = new();
    private readonly FakeComposition parts = new();
    private readonly string project;
    private readonly string[] options;

    public RunCommandTests() => (project, options) = ToolRun.Project(temporary);

    public void Dispose() => temporary.Dispose();

    [Test]
    public async Task Run_WhenAllStagesPass_Is0AndSaysHowToVerify()
    {
        var run = await RunAsync(["run", .. options]);

        run.ExitCode.ShouldBe(0, run.Messages);
        run.Answer.ShouldContain("verdict: pass");
        run.Answer.ShouldContain($"\ncicompliance verify evidence {temporary.Combine("out")} --trust {temporary.Combine("outside", "trust.json")} "
            + $"--repository github.com/acme/app --commit {FakeRevisions.Head.Commit}\n");
        run.Messages.ShouldContain("== source");
    }

    [Test]
    public async Task Run_WhenTrustIsOfTheBase_TheVerifyCommandTakesItFromThere()
    {
        parts.Repository.Files[$"{FakeRevisions.Main.Tree}:compliance.yml"] = [];
        parts.Repository.Files[$"{FakeRevisions.Main.Tree}:.cicompliance/trust.json"] = ToolRun.NoKeys;

        var run = await RunAsync(["run", "--base", "main", "--demonstration"]);

        run.Answer.ShouldContain($"--trust <(git -C {project} show main:.cicompliance/trust.json) ");
        run.Answer.ShouldContain(" --allow-demonstration\n");
        run.Answer.ShouldContain("(DEMONSTRATION)");
    }

    [Test]
    public async Task Run_WhenAStageRefuses_Is1AndTheFindingIsInStandardForm()
    {
        Refuse("source", "commit abc");

        var run = await RunAsync(["run", .. options]);

        run.ExitCode.ShouldBe(1);
        run.Messages.ShouldContain("\ncommit abc : error CIC1001: it carries no signature. Sign it\n");
        run.Answer.ShouldNotContain("verify offline");
    }

    [Test]
    public async Task Run_InChinese_SpeaksChinese()
    {
        Refuse("source", "commit abc");

        var run = await RunAsync(["run", "--language", "zh", .. options]);

        run.Messages.ShouldContain("commit abc : error CIC1001: 没有签名. 请签名");
        run.Answer.ShouldContain("结论:不通过");
    }

    [Test]
    public async Task Run_AsJson_IsOneDocument()
    {
        Refuse("source", "::error::##[x]\u001b[31m");

        var run = await RunAsync(["run", "--format", "json", .. options]);

        var json = JsonDocument.Parse(run.Answer).RootElement;
        run.Answer.Count(c => c == '\n').ShouldBe(1);
        run.Answer.ShouldAllBe(c => c == '\n' || (c >= ' ' && c < 0x7f));
        run.Answer.ShouldNotContain("##");
        json.GetProperty("exitCode").GetInt32().ShouldBe(1);
        json.GetProperty("verdict").GetString().ShouldBe("fail");
        json.GetProperty("findings")[0].GetProperty("code").GetString().ShouldBe("CIC1001");
        json.GetProperty("findings")[0].GetProperty("origin").GetString().ShouldBe("::error::##[x]\u001b[31m");
        json.GetProperty("stages").GetArrayLength().ShouldBe(StageCatalog.All.Count);
    }

    [Test]
    public async Task Run_WhenAStageThrowsWhatNobodyExpects_Is3WithoutAStackTrace()
    {
        parts.Stages["source"] = (_, _) => throw new InvalidOperationException("oops");

        var run = await RunAsync(["run", .. options]);
        var traced = await RunAsync(["run", .. options], new() { ["CICOMPLIANCE_TRACE"] = "1" });

        run.ExitCode.ShouldBe(3);
        run.Messages.ShouldContain("cicompliance : error CIC0001: InvalidOperationException: oops. ");
        run.Messages.ShouldNotContain("   at ");
        traced.Messages.ShouldContain("   at ");
        Evidence.EvidenceFolder.Open(temporary.Combine("out")).Dispose();
    }

    [Test]
    public async Task Run_WhenCancelled_Is130AndLeavesNothingUnfinished()
    {
        using var cancellation = new CancellationTokenSource();
        parts.Stages["source"] = async (context, token) =>
        {
            context.Evidence.PathOf("source").ShouldNotBeEmpty();
            Directory.CreateDirectory(context.Evidence.PathOf("source"));
            await File.WriteAllTextAsync(context.Evidence.PathOf("source/commits.jsonl.partial"), "half", CancellationToken.None);
            File.Exists(temporary.Combine("out.lock")).ShouldBeTrue();
            await cancellation.CancelAsync();
            token.ThrowIfCancellationRequested();
            return FakeComposition.Passed("source");
        };

        var run = await ToolRun.InProcessAsync(parts, project, ["run", "--format", "json", .. options], cancellationToken: cancellation.Token);

        run.ExitCode.ShouldBe(130);
        JsonDocument.Parse(run.Answer).RootElement.GetProperty("exitCode").GetInt32().ShouldBe(130);
        run.Messages.ShouldContain("CIC0017");
        Directory.EnumerateFiles(temporary.Combine("out"), "*.partial", SearchOption.AllDirectories).ShouldBeEmpty();
        Evidence.EvidenceFolder.Open(temporary.Combine("out")).Dispose();
    }

    [Test]
    public async Task Run_WhenTheFolderIsInUse_Is2()
    {
        using var other = Evidence.EvidenceFolder.Open(temporary.Combine("out"));

        var run = await RunAsync(["run", .. options]);

        run.ExitCode.ShouldBe(2);
        run.Messages.ShouldContain("CIC2201");
    }

    [Test]
    public async Task Run_OnGitHub_GroupsAndAnnotatesAndNothingUntrustedIsACommand()
    {
        Refuse("source", "::set-env name=PATH::/evil\n::stop-commands::x");

        var run = await RunAsync(["run", .. options], new() { ["GITHUB_ACTIONS"] = "true" });

        var commands = run.Messages.Split('\n').Concat(run.Answer.Split('\n')).Where(line => line.TrimStart().StartsWith("::", StringComparison.Ordinal)).ToList();
        commands.ShouldAllBe(line => line.StartsWith("::group::", StringComparison.Ordinal) || line == "::endgroup::" || line.StartsWith("::error title=CIC1001 ", StringComparison.Ordinal));
        commands.Count(line => line.StartsWith("::group::", StringComparison.Ordinal)).ShouldBe(commands.Count(line => line == "::endgroup::"));
        commands.ShouldContain(line => line.StartsWith("::error title=CIC1001 ", StringComparison.Ordinal));
    }

    [Test]
    public async Task Run_OnGitHub_AnnotatesNoMoreThanTheRunnerShows()
    {
        parts.Stages["source"] = (_, _) => Task.FromResult(new StageResult("source", [],
            [.. Enumerable.Range(0, 30).Select(i => new Finding(Refused, $"commit {i}", new("no", "无"), new("do", "做")))]));

        var run = await RunAsync(["run", .. options], new() { ["GITHUB_ACTIONS"] = "true" });

        run.Messages.Split('\n').Count(line => line.StartsWith("::error ", StringComparison.Ordinal)).ShouldBe(10);
        run.Messages.Split('\n').Count(line => line.StartsWith("commit ", StringComparison.Ordinal)).ShouldBe(30);
    }

    [Test]
    public async Task Run_OnGitLab_FoldsSections()
    {
        var run = await RunAsync(["run", "--stages", "environment,source", .. options], new() { ["GITLAB_CI"] = "true" });

        run.Messages.ShouldContain(":cicompliance_source\r\u001b[0Ksource\n");
        run.Messages.Split("section_start:").Length.ShouldBe(3);
        run.Messages.Split("section_end:").Length.ShouldBe(3);
    }

    [TestCase("NO_COLOR", "1", false)]
    [TestCase("TERM", "dumb", false)]
    [TestCase("TERM", "xterm", true)]
    public async Task Run_OnATerminal_HasColourUnlessAskedForNone(string name, string value, bool expected)
    {
        var run = await ToolRun.InProcessAsync(parts, project, ["run", .. options], new() { [name] = value }, isTerminal: true);

        run.Messages.Contains("\u001b[32m", StringComparison.Ordinal).ShouldBe(expected);
        run.Answer.ShouldNotContain("\u001b");
    }

    [Test]
    public async Task Run_WhenNotATerminal_PrintsNoEscapes() => (await RunAsync(["run", .. options])).Messages.ShouldNotContain("\u001b");

    [Test]
    public async Task Run_WhenQuiet_PrintsOnlyFindingsAndTheAnswer()
    {
        parts.Stages["source"] = (context, _) =>
        {
            context.Progress.Report(new("busy", "忙"));
            return Task.FromResult(FakeComposition.Passed("source"));
        };

        (await RunAsync(["run", "--quiet", .. options])).Messages.ShouldBeEmpty();
    }

    [Test]
    public async Task Run_WhenThePolicyIsForAnotherRepository_Is2()
    {
        var run = await RunAsync(["run", "--repository", "github.com/evil/app", .. options]);

        run.ExitCode.ShouldBe(2);
        run.Messages.ShouldContain("CIC0009");
    }

    [TestCase("--stages", "sorce")]
    [TestCase("--range", "a...b")]
    [TestCase("--range", "HEAD")]
    [TestCase("--range", "HEAD.. ")]
    [TestCase("--commit", "-x")]
    [TestCase("--commit", " ")]
    [TestCase("--language", "fr")]
    [TestCase("--format", "xml")]
    [TestCase("--project", "/nonexistent")]
    public async Task Run_WhenAValueIsWrong_Is2(string option, string value)
    {
        var run = await RunAsync(["run", option, value, .. options]);

        run.ExitCode.ShouldBe(2);
        run.Messages.ShouldContain("CIC0004");
    }

    [Test]
    public async Task Run_WhenRangeAndBaseAreGiven_Is2() =>
        (await RunAsync(["run", "--range", "main..HEAD", "--base", "main", .. options])).Messages.ShouldContain("CIC0003");

    [Test]
    public async Task Run_WhenAKeyOptionHoldsTheSecretItself_DoesNotPrintIt()
    {
        var canary = new SecretCanary();

        var run = await RunAsync(["run", "--sm2-key", canary.Marker, .. options]);
        var passphrase = await RunAsync(["run", "--sm2-key", "fd:0", "--sm2-key-passphrase", canary.Marker, .. options]);

        run.ExitCode.ShouldBe(2);
        run.Messages.ShouldContain("--sm2-key : error CIC0020");
        passphrase.Messages.ShouldContain("--sm2-key-passphrase : error CIC0020");
        canary.IsIn(run.Messages + run.Answer + passphrase.Messages + passphrase.Answer).ShouldBeFalse();
    }

    [Test]
    public async Task Stage_WhenItGoesOn_KeepsTheRun()
    {
        await RunAsync(["env", "verify", .. options]);
        var run = await RunAsync(["verify", "commits", .. options]);

        run.ExitCode.ShouldBe(0, run.Messages);
        File.ReadAllText(temporary.Combine("out", "evidence.json")).ShouldContain("\"name\":\"environment\"");
    }

    [Test]
    public async Task Stage_WhenThereIsNoRunToGoOnWith_CommitsBeginOneAndOthersAreRefused()
    {
        (await RunAsync(["build", .. options])).Messages.ShouldContain("CIC2203");
        (await RunAsync(["verify", "commits", .. options])).ExitCode.ShouldBe(0);
    }

    private void Refuse(string stage, string origin) => parts.Stages[stage] = (_, _) =>
        Task.FromResult(new StageResult(stage, [], [new Finding(Refused, origin, new("it carries no signature", "没有签名"), new("Sign it", "请签名"))]));

    private Task<ToolRun> RunAsync(string[] args, Dictionary<string, string>? environment = null) => ToolRun.InProcessAsync(parts, project, args, environment);
}
