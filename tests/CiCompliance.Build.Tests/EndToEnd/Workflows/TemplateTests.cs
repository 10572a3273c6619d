using System.Diagnostics;
using CiCompliance.Build.Quickstart;
using CiCompliance.Source;
using CiCompliance.Testing;

namespace CiCompliance.Build.Tests.EndToEnd.Workflows;

/// <summary>The two jobs of the GitLab and Jenkins files, each in a checkout of its own, with the tool that is real.</summary>
[NonParallelizable]
[Platform("Linux")]
public sealed class TemplateTests
{
    private readonly Dictionary<string, string> changed = [];
    private TempDirectory temporary = null!;
    private ProtectedRepository repository = null!;
    private (string Previous, string TrustedBase) jenkins;

    [SetUp]
    public void SetUp()
    {
        temporary = new TempDirectory();
        repository = new ProtectedRepository(temporary);
        jenkins = (repository.Base, "");
        changed.Clear();
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

        Verifies(repository.Head);
    }

    [Test]
    public void ChangeThatTightensThePolicy_IsJudgedByItAndVerifies()
    {
        var commit = repository.ProposePolicy("[./cmd/ledger, ./cmd/healthcheck]", "[./cmd/ledger]");
        var build = Run(TemplateShell.GitLab, 0, commit);
        build.ExitCode.ShouldBe(0, build.Log);
        Directory.GetFiles(Path.Combine(Evidence(0), "bin")).Length.ShouldBe(1);
        HandOver();
        var sign = Run(TemplateShell.GitLab, 1, commit);
        sign.ExitCode.ShouldBe(0, sign.Log);
        Verifies(commit);
    }

    [Test]
    public void ChangeThatLoosensThePolicy_IsJudgedByTheBases()
    {
        var build = Run(TemplateShell.GitLab, 0, repository.ProposePolicy("\nlog:", "\nbinary: { static: allowed }\nlog:"));
        build.ExitCode.ShouldBe(0, build.Log);
        build.Log.ShouldContain("CIC5010");
        File.ReadAllText(Path.Combine(Evidence(0), "policy", "compliance.yml")).ShouldBe(ProtectedRepository.Policy);
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

    [TestCase(TemplateShell.GitLab, 0, "CICOMPLIANCE_BASE")]
    [TestCase(TemplateShell.GitLab, 1, "CICOMPLIANCE_BASE")]
    [TestCase(TemplateShell.Jenkins, 0, "TRUSTED_BASE")]
    [TestCase(TemplateShell.Jenkins, 1, "TRUSTED_BASE")]
    public void NothingThatPassedBefore_AsksForABase(string template, int job, string name)
    {
        jenkins = ("", "");
        changed["CICOMPLIANCE_BASE"] = "";
        changed["CI_COMMIT_BEFORE_SHA"] = repository.Base;
        var run = Run(template, job, repository.Head);
        run.ExitCode.ShouldBe(2, run.Log);
        run.Log.ShouldContain(name);
        Directory.Exists(Evidence(job)).ShouldBeFalse();
    }

    [Test]
    public void FirstBuildOfJenkins_IsJudgedFromTheParameter()
    {
        jenkins = ("", repository.Base);
        var build = Run(TemplateShell.Jenkins, 0, repository.Head);
        build.ExitCode.ShouldBe(0, build.Log);
    }

    [Test]
    public void LaterBuildOfJenkins_DoesNotTakeTheParameter() =>
        TemplateShell.PreviousCommits("passed", "parameter").ShouldBe(["passed", "passed"]);

    [Test]
    public void PushAfterARefusedOne_OfGitLabIsJudgedFromTheTrustedBase()
    {
        var swapped = repository.Swap();
        changed["CI_COMMIT_BEFORE_SHA"] = swapped.Refused;
        var build = Run(TemplateShell.GitLab, 0, swapped.Next);
        build.ExitCode.ShouldBe(1, build.Log);
        build.Log.ShouldContain("CIC1001");
        changed["CICOMPLIANCE_BASE"] = swapped.Refused;
        Run(TemplateShell.GitLab, 0, swapped.Next).ExitCode.ShouldBe(0, "the twin: named as base it goes through");
    }

    [Test]
    public void MergeRequestOfGitLab_IsJudgedByTheTargetsTip()
    {
        // The branch left the target before the rules that are in force there now.
        changed["CI_PIPELINE_SOURCE"] = "merge_request_event";
        changed["CI_MERGE_REQUEST_TARGET_BRANCH_NAME"] = "main";
        changed["CI_MERGE_REQUEST_DIFF_BASE_SHA"] = repository.Base;
        changed["CICOMPLIANCE_BASE"] = "";
        var good = Run(TemplateShell.GitLab, 0, repository.Propose("refs/heads/topic", isSigned: true));
        good.ExitCode.ShouldBe(0, good.Log);
        var stale = Run(TemplateShell.GitLab, 0, repository.ProposeBesideHead());
        stale.ExitCode.ShouldNotBe(0, stale.Log);
        stale.Log.ShouldContain("CIC1012");
    }

    [TestCase(TemplateShell.GitLab)]
    [TestCase(TemplateShell.Jenkins)]
    public void TagThatIsSigned_IsJudgedUnderItsName(string template)
    {
        repository.Tag("v1.0.0", repository.Head, TagKind.Signed);
        var build = RunTag(template, "v1.0.0");
        build.ExitCode.ShouldBe(0, build.Log);
        var source = SourceRecord.Parse(File.ReadAllBytes(Path.Combine(Evidence(0), "source", "source.json")));
        (source.Tag, source.Branch, source.Commit).ShouldBe(("v1.0.0", "main", repository.Head));
    }

    [Test]
    public void TagOfGitLab_IsSignedWithItsNameInTheEvidence()
    {
        repository.Tag("v1.0.0", repository.Head, TagKind.Signed);
        RunTag(TemplateShell.GitLab, "v1.0.0").ExitCode.ShouldBe(0);
        HandOver();
        var sign = Run(TemplateShell.GitLab, 1, repository.Head);
        sign.ExitCode.ShouldBe(0, sign.Log);
        Verifies(repository.Head);
    }

    [TestCase(TemplateShell.GitLab)]
    [TestCase(TemplateShell.Jenkins)]
    public void TagOfARuledNameThatIsLightweight_IsRefused(string template)
    {
        repository.Tag("v1.0.0", repository.Head, TagKind.Lightweight);
        var build = RunTag(template, "v1.0.0");
        build.ExitCode.ShouldBe(1, build.Log);
        build.Log.ShouldContain("tag v1.0.0 : error CIC1001");
    }

    [TestCase(TemplateShell.GitLab, "v1.0.0")]
    [TestCase(TemplateShell.GitLab, "v2.0.0")]
    [TestCase(TemplateShell.Jenkins, "v1.0.0")]
    [TestCase(TemplateShell.Jenkins, "v2.0.0")]
    public void TagThatLeadsElsewhereOrNowhere_Stops(string template, string name)
    {
        repository.Tag("v1.0.0", repository.Base, TagKind.Signed);
        var build = RunTag(template, name);
        build.ExitCode.ShouldBe(3, build.Log);
        build.Log.ShouldContain("if the tag was moved");
        Directory.Exists(Evidence(0)).ShouldBeFalse();
    }

    [Test]
    public void TagOfJenkinsThatIsNamedAsTheBranch_IsNotSigned() =>
        File.ReadAllText(Path.Combine(Scenario.Root, TemplateShell.Jenkins)).ShouldContain("env.BRANCH_NAME == env.PROTECTED_BRANCH && !env.CHANGE_ID && !env.TAG_NAME }");

    private (int ExitCode, string Log) RunTag(string template, string name)
    {
        foreach (var (variable, value) in template == TemplateShell.GitLab ? [("CI_COMMIT_TAG", name)] : new[] { ("TAG_NAME", name), ("BRANCH_NAME", name), ("TRUSTED_BASE", repository.Base) })
        {
            changed[variable] = value;
        }

        return Run(template, 0, repository.Head);
    }

    private void Verifies(string commit)
    {
        using var auditor = new Case { Out = Evidence(1) };
        auditor.Options.Clear();
        auditor.Options["--trust"] = Scenario.Trust;
        auditor.Options["--repository"] = QuickstartRun.Repository;
        auditor.Options["--commit"] = commit;
        auditor.Run("verify", "evidence", Evidence(1)).ShouldBe(0);
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
        if (job == 0 && Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        Git("clone", "--quiet", repository.Origin, temporary.Combine("clone"));
        Git("-C", temporary.Combine("clone"), "checkout", "--quiet", "--detach", commit);
        Directory.CreateDirectory(folder);
        Scenario.Copy(temporary.Combine("clone") + "/.", folder);
        Directory.Delete(temporary.Combine("clone"), recursive: true);
        var info = new ProcessStartInfo("/bin/bash", ["-s"]) { WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in Variables(template, job, folder, commit).Concat(changed))
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

    private Dictionary<string, string> Variables(string template, int job, string folder, string commit)
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
                ["CI_COMMIT_REF_PROTECTED"] = "true", ["CICOMPLIANCE_BASE"] = repository.Base,
            }
            : new Dictionary<string, string>
            {
                ["JENKINS_URL"] = "https://jenkins.example/", ["BRANCH_NAME"] = "main", ["PROTECTED_BRANCH"] = "main", ["PREVIOUS_COMMIT"] = TemplateShell.PreviousCommits(jenkins.Previous, jenkins.TrustedBase)[job],
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
