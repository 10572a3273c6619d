using System.Diagnostics;
using CiCompliance.Build.Quickstart;
using CiCompliance.Testing;

namespace CiCompliance.Build.Tests.EndToEnd.Workflows;

/// <summary>The two jobs of the GitLab and Jenkins files, each in a checkout of its own, with the tool that is real.</summary>
[NonParallelizable]
[Platform("Linux")]
public sealed class TemplateTests
{
    private TempDirectory temporary = null!;
    private ProtectedRepository repository = null!;

    [SetUp]
    public void SetUp()
    {
        temporary = new TempDirectory();
        repository = new ProtectedRepository(temporary);
    }

    [TearDown]
    public void TearDown() => temporary.Dispose();

    [TestCase(TemplateShell.GitLab)]
    [TestCase(TemplateShell.Jenkins)]
    public void PushToTheProtectedBranch_IsBuiltSignedAndVerifies(string template)
    {
        var build = Run(template, 0, repository.Head);
        build.ExitCode.ShouldBe(0, build.Log);
        HandOver();
        var sign = Run(template, 1, repository.Head);
        sign.ExitCode.ShouldBe(0, sign.Log);

        using var auditor = new Case { Out = Evidence(1) };
        auditor.Options.Clear();
        auditor.Options["--trust"] = Scenario.Trust;
        auditor.Options["--repository"] = QuickstartRun.Repository;
        auditor.Options["--commit"] = repository.Head;
        auditor.Run("verify", "evidence", Evidence(1)).ShouldBe(0);
    }

    [TestCase(TemplateShell.GitLab)]
    [TestCase(TemplateShell.Jenkins)]
    public void TamperedHandover_IsRefused(string template)
    {
        Run(template, 0, repository.Head).ExitCode.ShouldBe(0);
        HandOver();
        File.AppendAllText(Path.Combine(Evidence(1), "evidence.json"), " ");

        var sign = Run(template, 1, repository.Head);

        sign.ExitCode.ShouldBe(1, sign.Log);
        sign.Log.ShouldContain("error CIC2290");
    }

    [TestCase(TemplateShell.GitLab)]
    [TestCase(TemplateShell.Jenkins)]
    public void UnsignedCommit_StopsInTheFirstJob(string template)
    {
        var build = Run(template, 0, repository.Propose("refs/heads/main", isSigned: false));
        build.ExitCode.ShouldBe(1, build.Log);
        build.Log.ShouldContain("CIC1001");
    }

    private string Evidence(int job) => temporary.Combine($"job{job}", "cicompliance", "evidence");

    private void HandOver()
    {
        Directory.CreateDirectory(temporary.Combine("job1"));
        Scenario.Copy(temporary.Combine("job0", "cicompliance"), temporary.Combine("job1", "cicompliance"));
    }

    private (int ExitCode, string Log) Run(string template, int job, string commit)
    {
        var folder = temporary.Combine($"job{job}");
        Git("clone", "--quiet", repository.Origin, temporary.Combine("clone"));
        Git("-C", temporary.Combine("clone"), "checkout", "--quiet", "--detach", commit);
        Directory.CreateDirectory(folder);
        Scenario.Copy(temporary.Combine("clone") + "/.", folder);
        Directory.Delete(temporary.Combine("clone"), recursive: true);
        var info = new ProcessStartInfo("/bin/bash", ["-s"]) { WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in Variables(template, folder, commit))
        {
            info.Environment[name] = value;
        }

        using var process = Process.Start(info)!;
        var (answer, messages) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        process.StandardInput.Write(TemplateShell.Of(template)[job]);
        process.StandardInput.Close();
        process.WaitForExit();
        return (process.ExitCode, answer.Result + messages.Result);
    }

    private Dictionary<string, string> Variables(string template, string folder, string commit)
    {
        var variables = new Dictionary<string, string>
        {
            ["PATH"] = $"{Path.GetDirectoryName(Scenario.Tool)}:{Environment.GetEnvironmentVariable("PATH")}",
            ["GOCACHE"] = Scenario.GoCache,
            ["PROJECT"] = ".",
            ["SIGNING_SM2_KEY"] = Scenario.KeyFile("sm2-key"),
            ["SIGNING_SM2_CERTIFICATES"] = Scenario.KeyFile("sm2-certificates"),
            ["SIGNING_P256_KEY"] = Scenario.KeyFile("p256-key"),
            ["SIGNING_LOG_KEY"] = Scenario.KeyFile("log-key"),
        };
        foreach (var (name, value) in template == TemplateShell.GitLab
            ? new Dictionary<string, string>
            {
                ["GITLAB_CI"] = "true", ["CI_PROJECT_DIR"] = folder, ["CI_DEFAULT_BRANCH"] = "main", ["CI_COMMIT_SHA"] = commit, ["CI_PIPELINE_SOURCE"] = "push",
                ["CI_COMMIT_REF_PROTECTED"] = "true", ["CI_COMMIT_BEFORE_SHA"] = repository.Base,
            }
            : new Dictionary<string, string>
            {
                ["JENKINS_URL"] = "https://jenkins.example/", ["BRANCH_NAME"] = "main", ["PROTECTED_BRANCH"] = "main", ["PREVIOUS_COMMIT"] = repository.Base,
                ["FOLDER_DIGEST"] = File.Exists(temporary.Combine("job0", "cicompliance", "digest")) ? File.ReadAllText(temporary.Combine("job0", "cicompliance", "digest")) : "",
            })
        {
            variables[name] = value;
        }

        return variables;
    }

    private void Git(params string[] arguments) => ChildProcess.Capture("git", arguments, temporary.Path,
        new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin", ["HOME"] = temporary.Path, ["GIT_CONFIG_NOSYSTEM"] = "1" });
}
