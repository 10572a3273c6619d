using CiCompliance.Diagnostics;
using CiCompliance.Git;
using CiCompliance.Source;
using CiCompliance.Testing;
using CiCompliance.Tool.Hosting;
using CiCompliance.Tool.Inputs.CiRanges;
using CiCompliance.Tool.Wiring;

namespace CiCompliance.Tool.Tests.Inputs;

/// <summary><c>--range ci</c> over a real repository: <c>main</c> with three commits, a topic of two that left after the second.</summary>
public sealed class CiRangeTests
{
    private static readonly string Zeros = new('0', 40);

    private readonly Dictionary<string, string> variables = [];
    private GitRepositoryFixture repository = null!;
    private string one = "", two = "", three = "", topic = "";

    [SetUp]
    public void SetUp()
    {
        variables.Clear();
        repository = new GitRepositoryFixture();
        one = repository.Commit("one");
        two = repository.Commit("two");
        repository.Run("checkout", "--quiet", "-b", "topic");
        repository.Commit("a");
        topic = repository.Commit("b");
        repository.Run("checkout", "--quiet", "main");
        three = repository.Commit("three");
        repository.Run("update-ref", "refs/remotes/origin/main", three);
    }

    [TearDown]
    public void TearDown() => repository.Dispose();

    [Test]
    public void GitHub_PullRequest_BeginsWhereTheBranchLeft_AndIsJudgedByItsTarget()
    {
        GitHub("pull_request", $$$"""{"pull_request":{"head":{"sha":"{{{topic}}}"},"base":{"sha":"{{{three}}}","ref":"main"} },"repository":{"default_branch":"main"} }""", sha: one);
        Find().ShouldBe((topic, two, three, "main"));
    }

    [Test]
    public void GitHub_MergeQueue_IsJudgedByItsTarget()
    {
        GitHub("merge_group", $$$"""{"merge_group":{"head_sha":"{{{topic}}}","base_sha":"{{{three}}}","base_ref":"refs/heads/main"},"repository":{"default_branch":"main"} }""", sha: topic);
        Find().ShouldBe((topic, two, three, "main"));
    }

    [Test]
    public void GitHub_PushToAProtectedBranch_BeginsWithWhatItWas()
    {
        Push("refs/heads/main", two, three, isProtected: true);
        Find().ShouldBe((three, two, two, "main"));
    }

    [Test]
    public void GitHub_FirstPushOfAProtectedBranch_IsAllHistoryWithoutRules()
    {
        Push("refs/heads/main", Zeros, three, isProtected: true);
        Find().ShouldBe((three, null, null, "main"));
    }

    [Test]
    public void GitHub_ForcePush_KeepsTheLostRevisionAsBase()
    {
        // The range refuses it (CIC1012): the base is no ancestor.
        Push("refs/heads/main", topic, three, isProtected: true);
        Find().ShouldBe((three, topic, topic, "main"));
    }

    [Test]
    public void GitHub_ForcePushThatLostItsPast_IsRefused()
    {
        Push("refs/heads/main", new string('1', 40), three, isProtected: true);
        Refused().ShouldBe(SourceDiagnostics.BaseNotAncestor);
    }

    [Test]
    public void GitHub_PushToAnUnprotectedBranch_IsJudgedByTheDefaultBranch_NotByItsOwnPast()
    {
        Push("refs/heads/topic", repository.Id("topic~1"), topic, isProtected: false);
        Find().ShouldBe((topic, two, three, "topic"));
    }

    [Test]
    public void GitHub_PushToAnUnprotectedDefaultBranch_IsUndecided()
    {
        Push("refs/heads/main", two, three, isProtected: false);
        Refused().ShouldBe(SourceDiagnostics.RangeUnclear);
    }

    [Test]
    public void GitHub_Tag_OnTheDefaultBranch_IsJudgedByTheCommitBefore()
    {
        repository.Run("tag", "--annotate", "--message=release", "v1.0", three);
        Push("refs/tags/v1.0", Zeros, three, isProtected: false);
        Find().ShouldBe(("refs/tags/v1.0", two, two, "main"));
    }

    [Test]
    public void GitHub_Tag_BeforeTheEndOfTheDefaultBranch_IsJudgedByThat()
    {
        repository.Run("tag", "v1.0", two);
        Push("refs/tags/v1.0", Zeros, two, isProtected: false);
        Find().ShouldBe(("refs/tags/v1.0", one, three, "main"));
    }

    [Test]
    public void GitHub_Tag_ThatLeadsElsewhereThanTheEvent_IsUndecided()
    {
        repository.Run("tag", "v1.0", topic);
        Push("refs/tags/v1.0", Zeros, two, isProtected: false);
        Refused().ShouldBe(SourceDiagnostics.RangeUnclear);
    }

    [TestCase("pull_request_target")]
    [TestCase("issue_comment")]
    [TestCase("workflow_run")]
    public void GitHub_EventsThatMixRights_AreUndecided(string name)
    {
        GitHub(name, $$$"""{"repository":{"default_branch":"main"}}""", three);
        Refused().ShouldBe(SourceDiagnostics.RangeUnclear);
    }

    [TestCase("")]
    [TestCase("[]")]
    [TestCase("{}")]
    [TestCase("""{"pull_request":{"head":{"sha":"HEAD"},"base":{"sha":"main","ref":"main"}}}""")]
    [TestCase("""{"pull_request":{"head":{"sha":"0000000000000000000000000000000000000000"},"base":{"sha":"main","ref":"main"}}}""")]
    public void GitHub_EventThatSaysLess_IsUndecided(string payload)
    {
        GitHub("pull_request", payload, three);
        Refused().ShouldBe(SourceDiagnostics.RangeUnclear);
    }

    [Test]
    public void GitHub_WhenTheTargetWasNotFetched_SaysWhatToType()
    {
        GitHub("pull_request", $$$"""{"pull_request":{"head":{"sha":"{{{topic}}}"},"base":{"sha":"{{{new string('2', 40)}}}","ref":"main"} } }""", topic);
        var error = Should.Throw<CiComplianceException>(() => Find());
        error.Diagnostic.ShouldBe(SourceDiagnostics.UnknownRevision);
        error.Finding.Fix.En.ShouldContain("git fetch");
    }

    [Test]
    public void GitHub_BranchWithoutCommonHistory_IsUndecided()
    {
        repository.Run("checkout", "--quiet", "--orphan", "other");
        var orphan = repository.Commit("orphan");
        Push("refs/heads/other", Zeros, orphan, isProtected: false);
        Refused().ShouldBe(SourceDiagnostics.RangeUnclear);
    }

    [TestCase(null, null)]
    [TestCase("source", "target")]
    public void GitLab_MergeRequest_IsJudgedByItsTarget(string? source, string? target)
    {
        // Merged results pipelines build a merge that nobody signed, and name both sides.
        GitLab("merge_request_event", source is null ? topic : one);
        variables["CI_MERGE_REQUEST_TARGET_BRANCH_NAME"] = "main";
        variables["CI_MERGE_REQUEST_SOURCE_BRANCH_SHA"] = source is null ? "" : topic;
        variables["CI_MERGE_REQUEST_TARGET_BRANCH_SHA"] = target is null ? "" : three;
        variables["CI_MERGE_REQUEST_TARGET_BRANCH_PROTECTED"] = "true";
        Find().ShouldBe((topic, two, three, "main"));
        variables["CI_MERGE_REQUEST_TARGET_BRANCH_PROTECTED"] = "false";
        Find().Protected.ShouldBeNull("anybody may have made the target");
    }

    [TestCase(true)]
    [TestCase(false)]
    public void GitLab_Push_CountsWhatAProtectedBranchWas(bool isProtected)
    {
        GitLab("push", isProtected ? three : topic);
        variables["CI_COMMIT_BRANCH"] = isProtected ? "main" : "topic";
        variables["CI_COMMIT_REF_PROTECTED"] = isProtected ? "true" : "false";
        variables["CI_COMMIT_BEFORE_SHA"] = isProtected ? two : repository.Id("topic~1");
        Find().ShouldBe(isProtected ? (three, two, two, "main") : (topic, two, three, "topic"));
    }

    [Test]
    public void GitLab_FirstPush_IsAllHistoryWithoutRules()
    {
        GitLab("push", three);
        variables["CI_COMMIT_BRANCH"] = "main";
        variables["CI_COMMIT_REF_PROTECTED"] = "true";
        variables["CI_COMMIT_BEFORE_SHA"] = Zeros;
        Find().ShouldBe((three, null, null, "main"));
    }

    [Test]
    public void GitLab_Tag_IsJudgedByTheDefaultBranch()
    {
        repository.Run("tag", "v1.0", two);
        GitLab("push", two);
        variables["CI_COMMIT_TAG"] = "v1.0";
        Find().ShouldBe(("refs/tags/v1.0", one, three, "main"));
    }

    [Test]
    public void GitLab_UnprotectedDefaultBranch_IsUndecided()
    {
        GitLab("push", three);
        variables["CI_COMMIT_BRANCH"] = "main";
        Refused().ShouldBe(SourceDiagnostics.RangeUnclear);
    }

    [Test]
    public void Jenkins_ChangeRequest_IsJudgedByItsTarget()
    {
        Jenkins();
        repository.Run("checkout", "--quiet", "topic");
        variables["CHANGE_ID"] = "12";
        variables["CHANGE_TARGET"] = "main";
        Find().ShouldBe(("HEAD", two, null, "main"));
    }

    [Test]
    public void Jenkins_Branch_BeginsWithItsLastSuccess_AndHasNoRules()
    {
        Jenkins();
        variables["BRANCH_NAME"] = "main";
        variables["GIT_PREVIOUS_SUCCESSFUL_COMMIT"] = one;
        Find().ShouldBe(("HEAD", one, null, "main"));
    }

    [Test]
    public void Jenkins_BranchByItsRemoteName_IsUnknown()
    {
        Jenkins();
        variables["GIT_BRANCH"] = "origin/main";
        Find().Branch.ShouldBeNull();
    }

    [Test]
    public void GitHub_PullRequest_IntoAnotherBranchThanTheDefault_HasNoRules()
    {
        GitHub("pull_request", $$$"""{"pull_request":{"head":{"sha":"{{{topic}}}"},"base":{"sha":"{{{three}}}","ref":"evil"} },"repository":{"default_branch":"main"} }""", sha: one);
        Find().ShouldBe((topic, two, null, "evil"));
    }

    [Test]
    public void GitHub_WhenATagBearsTheNameOfTheRemoteBranch_IsNotTakenIn()
    {
        repository.Run("update-ref", "-d", "refs/remotes/origin/main");
        repository.Run("update-ref", "refs/tags/refs/remotes/origin/main", three);
        Push("refs/heads/topic", Zeros, topic, isProtected: false);
        Refused().ShouldBe(SourceDiagnostics.UnknownRevision);
    }

    [Test]
    public void GitLab_MergeTrain_IsJudgedByTheTargetItself()
    {
        GitLab("merge_request_event", one);
        variables["CI_MERGE_REQUEST_EVENT_TYPE"] = "merge_train";
        variables["CI_MERGE_REQUEST_TARGET_BRANCH_NAME"] = "main";
        variables["CI_MERGE_REQUEST_SOURCE_BRANCH_SHA"] = topic;
        variables["CI_MERGE_REQUEST_TARGET_BRANCH_SHA"] = topic;
        variables["CI_MERGE_REQUEST_TARGET_BRANCH_PROTECTED"] = "true";
        Find().ShouldBe((topic, two, three, "main"));
    }

    [Test]
    public void Jenkins_FirstBuildAndTag_AreAllHistoryWithoutRules()
    {
        Jenkins();
        variables["BRANCH_NAME"] = "main";
        Find().ShouldBe(("HEAD", null, null, "main"));
        repository.Run("tag", "v1.0");
        variables["TAG_NAME"] = "v1.0";
        Find().ShouldBe(("refs/tags/v1.0", null, null, null));
    }

    [Test]
    public void GitHub_Tag_BesideTheDefaultBranch_IsOfNoBranch()
    {
        repository.Run("tag", "v1.0", topic);
        Push("refs/tags/v1.0", Zeros, topic, isProtected: false);
        Find().ShouldBe(("refs/tags/v1.0", two, three, null));
    }

    [TestCase("refs/heads/main", "", "main")]
    [TestCase("refs/pull/1/merge", "release/1.0", "release/1.0")]
    [TestCase("refs/tags/v1.0", "", null)]
    [TestCase("refs/heads/gh-readonly-queue/main/pr-1-abc", "", null)]
    public void Branch_OfAGitHubJob_IsWhereTheChangeGoes(string name, string target, string? branch)
    {
        variables["GITHUB_ACTIONS"] = "true";
        variables["GITHUB_REF"] = name;
        variables["GITHUB_BASE_REF"] = target;
        variables["GITHUB_SHA"] = two;
        new CiHost(variables.GetValueOrDefault).BranchOf(two).ShouldBe(branch);
        new CiHost(variables.GetValueOrDefault).BranchOf(one).ShouldBe(target.Length > 0 ? branch : null, "another commit than the job's may go anywhere");
    }

    [Test]
    public void OutsideOfACi_IsAUsageError() => Refused().Kind.ShouldBe(DiagnosticKind.Usage);

    [Test]
    public void CommonAncestor_AgreesWithGit()
    {
        using var opened = new GitRepositoryFactory().Open(repository.Path, CancellationToken.None);
        CommonAncestor.Find(opened, topic, three).ShouldBe(repository.Run("merge-base", topic, three).Trim());
        CommonAncestor.Find(opened, topic, topic).ShouldBe(topic);
        CommonAncestor.Find(opened, one, three).ShouldBe(one);
        CommonAncestor.Find(opened, three, one).ShouldBe(one);
    }

    private void Push(string name, string before, string commit, bool isProtected)
    {
        GitHub("push", $$$"""{"before":"{{{before}}}","after":"{{{commit}}}","repository":{"default_branch":"main"}}""", commit);
        variables["GITHUB_REF"] = name;
        variables["GITHUB_REF_PROTECTED"] = isProtected ? "true" : "false";
    }

    private void GitHub(string name, string payload, string sha)
    {
        variables["GITHUB_ACTIONS"] = "true";
        variables["GITHUB_EVENT_NAME"] = name;
        variables["GITHUB_EVENT_PATH"] = repository.Scratch("event.json");
        variables["GITHUB_SHA"] = sha;
        variables["GITHUB_REF"] = "refs/heads/main";
        File.WriteAllText(variables["GITHUB_EVENT_PATH"], payload);
    }

    private void GitLab(string source, string sha)
    {
        variables["GITLAB_CI"] = "true";
        variables["CI_PIPELINE_SOURCE"] = source;
        variables["CI_COMMIT_SHA"] = sha;
        variables["CI_DEFAULT_BRANCH"] = "main";
    }

    private void Jenkins() => variables["JENKINS_URL"] = "https://ci.example/";

    private Diagnostic Refused() => Should.Throw<CiComplianceException>(() => Find()).Diagnostic;

    private (string Commit, string? Base, string? Protected, string? Branch) Find()
    {
        using var revisions = new GitRevisions(new GitRepositoryFactory().Open(repository.Path, CancellationToken.None));
        var range = CiRange.Find(new CiHost(variables.GetValueOrDefault), variables.GetValueOrDefault, revisions);
        return (range.Commit, range.Base, range.Protected, range.Branch);
    }
}
