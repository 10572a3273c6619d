using System.Text.Json;
using CiCompliance.Testing;

namespace CiCompliance.Tool.Tests.Commands;

/// <summary><c>trust explain</c> and <c>--range ci</c> by the built tool, over a repository that ssh-keygen signs.</summary>
public sealed class TrustExplainTests
{
    private GitRepositoryFixture repository = null!;
    private string trust = "", policy = "";

    [SetUp]
    public void SetUp()
    {
        Peers.Require("ssh-keygen");
        repository = new GitRepositoryFixture();
        var key = repository.Scratch("key");
        Peer.Run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "zhangsan@example.com", "-f", key]);
        repository.Run("config", "gpg.format", "ssh");
        repository.Run("config", "user.signingKey", key);
        File.WriteAllText(repository.Scratch("allowed_signers"), "zhangsan@example.com " + File.ReadAllText(key + ".pub"));
        (trust, policy) = (repository.Scratch("trust.json"), repository.Scratch("compliance.yml"));
        Tool(0, "trust", "import", repository.Scratch("allowed_signers"), "--role", "committer", "--trust", trust);
        File.WriteAllText(policy, """
            version: 1
            repository: example.com/app
            go: { provider: goproxy.cn }
            log: { kind: ephemeral }
            source:
              match-committer: on
              rules:
                - { name: deployment, paths: ["deploy/**"], signers: [boss@example.com] }
                - { name: releases, tags: ["v*"], signers: [zhangsan@example.com] }

            """);
        repository.Write("go.mod", "module example.com/app\n");
        repository.Commit("one", sign: true);
    }

    [TearDown]
    public void TearDown() => repository.Dispose();

    [Test]
    public void Explain_WithoutOperand_SaysWhyHeadPasses()
    {
        var answer = Explain(0);
        answer.ShouldContain("match-committer: ✓");
        answer.ShouldContain("deployment: does not apply");
        answer.ShouldContain("zhangsan@example.com");
        answer.ShouldContain("verdict     pass");
    }

    [Test]
    public void Explain_OfATag_SaysWhichRuleItSatisfies()
    {
        repository.Run("tag", "--sign", "--message=release", "v1.0");
        Explain(0, "v1.0").ShouldContain("releases: ✓");
    }

    [Test]
    public void Explain_OfARefusedCommit_NamesThePathAndWhoMay()
    {
        repository.Write("deploy/app.yaml", "replicas: 2\n");
        repository.Commit("two", sign: true);
        Explain(1).ShouldContain("deployment: CIC1029 it changes deploy/app.yaml, and none of its signers is boss@example.com");
    }

    [Test]
    public void Explain_AsJson_HasTheSame()
    {
        repository.Write("deploy/app.yaml", "replicas: 2\n");
        repository.Commit("two", sign: true);
        using var document = JsonDocument.Parse(Explain(1, "--format", "json"));
        var commit = document.RootElement.GetProperty("objects")[0];
        commit.GetProperty("code").GetString().ShouldBe("CIC1029");
        commit.GetProperty("signature").GetString().ShouldBe("ssh");
        commit.GetProperty("signers")[0].GetProperty("name").GetString().ShouldBe("zhangsan@example.com");
        commit.GetProperty("rules").EnumerateArray().Select(rule => (rule.GetProperty("name").GetString(), rule.GetProperty("verdict").GetString()))
            .ShouldBe([("match-committer", "pass"), ("deployment", "fail")]);
        commit.GetProperty("notApplying")[0].GetString().ShouldBe("releases");
    }

    [Test]
    public void Explain_OfAnUnsignedCommit_SaysSo()
    {
        repository.Commit("two");
        Explain(1).ShouldContain("it carries no signature");
    }

    [Test]
    public void RangeOfCi_OfAFirstPush_CountsWithPolicyAndTrustFromOutsideOnly()
    {
        var job = Job(new string('0', 40));
        ToolRun.Process(["verify", "commits", "--range", "ci", "--config", policy, "--trust", trust, "--out", repository.Scratch("out")], repository.Path, job).ExitCode.ShouldBe(0);
        var refused = ToolRun.Process(["verify", "commits", "--range", "ci", "--out", repository.Scratch("out")], repository.Path, job);
        refused.ExitCode.ShouldBe(3);
        refused.Messages.ShouldContain("CIC1034");
    }

    [Test]
    public void RangeOfCi_OfAPush_IsJudgedByWhatTheBranchWas()
    {
        repository.Write("compliance.yml", File.ReadAllText(policy));
        repository.Write(".cicompliance/trust.json", File.ReadAllText(trust));
        var before = repository.Commit("rules", sign: true);

        // The next commit would let nobody through, and lets itself through no more than anybody.
        repository.Write(".cicompliance/trust.json", """{"version":1,"keys":[]}""");
        repository.Commit("no rules", sign: true);
        var run = ToolRun.Process(["verify", "commits", "--range", "ci", "--out", repository.Scratch("out")], repository.Path, Job(before));
        run.ExitCode.ShouldBe(0, run.Messages);
        run.Messages.ShouldContain("push to the protected branch main");
    }

    [Test]
    public void RangeOfCi_BesideABase_IsAUsageError()
    {
        var run = ToolRun.Process(["verify", "commits", "--range", "ci", "--base", "HEAD~1", "--out", repository.Scratch("out")], repository.Path, Job(new string('0', 40)));
        run.ExitCode.ShouldBe(2);
        run.Messages.ShouldContain("CIC0003");
    }

    private Dictionary<string, string> Job(string before)
    {
        var head = repository.Id("HEAD");
        File.WriteAllText(repository.Scratch("event.json"), $$"""{"before":"{{before}}","after":"{{head}}","repository":{"default_branch":"main"} }""");
        return new()
        {
            ["GITHUB_ACTIONS"] = "true", ["GITHUB_EVENT_NAME"] = "push", ["GITHUB_EVENT_PATH"] = repository.Scratch("event.json"), ["GITHUB_SHA"] = head,
            ["GITHUB_REF"] = "refs/heads/main", ["GITHUB_REF_PROTECTED"] = "true", ["LC_ALL"] = "C.UTF-8",
        };
    }

    private string Explain(int exitCode, params string[] arguments) => Tool(exitCode, ["trust", "explain", "--config", policy, "--trust", trust, .. arguments]);

    private string Tool(int exitCode, params string[] arguments)
    {
        var run = ToolRun.Process(arguments, repository.Path, new() { ["LC_ALL"] = "C.UTF-8" });
        run.ExitCode.ShouldBe(exitCode, run.Messages);
        return run.Answer;
    }
}
