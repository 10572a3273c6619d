using System.Text.RegularExpressions;

namespace CiCompliance.Build.Tests.EndToEnd.Workflows;

/// <summary>What no workflow or action of this repository may say.</summary>
public sealed partial class WorkflowRulesTests
{
    private static IEnumerable<string> Files => WorkflowFile.OfGitHub;

    [TestCaseSource(nameof(Files))]
    public void Shell_OfAnyStep_HoldsNoExpression(string name)
    {
        foreach (var run in Shells(name))
        {
            run.ShouldNotContain("${{");
        }
    }

    [TestCaseSource(nameof(Files))]
    public void Actions_ArePinnedToACommitAndSayItsTag(string name)
    {
        foreach (var line in WorkflowFile.Read(name).Text.Split('\n').Where(line => UsesLine().IsMatch(line)))
        {
            line.ShouldMatch("^ *(- )?uses: [a-z-]+/[a-z-]+@[0-9a-f]{40} # v[0-9]+[.][0-9]+[.][0-9]+$");
        }

        WorkflowFile.Read(name).Steps.Count(step => step.ContainsKey("uses"))
            .ShouldBe(WorkflowFile.Read(name).Text.Split('\n').Count(line => UsesLine().IsMatch(line)), "each stands on a line of its own");
    }

    [TestCaseSource(nameof(Files))]
    public void Checkouts_LeaveNoCredentialBehind(string name)
    {
        foreach (var step in WorkflowFile.Read(name).Steps.Where(step => WorkflowFile.Value(step, "uses")?.StartsWith("actions/checkout@", StringComparison.Ordinal) == true))
        {
            WorkflowFile.Value(WorkflowFile.Map(step["with"]), "persist-credentials").ShouldBe("false");
        }
    }

    [TestCase("revisions", "${{ github.event.pull_request.head.sha || github.sha }}")]
    [TestCase("build", "${{ needs.revisions.outputs.commit }}")]
    [TestCase("sign", "${{ needs.revisions.outputs.commit }}")]
    public void Checkouts_AreByCommitId_WhichKeepsAnnotatedTags(string job, string commit)
    {
        var with = WorkflowFile.StepsOf(WorkflowFile.Read(".github/workflows/go-compliance.yml").Jobs[job])
            .Where(step => WorkflowFile.Value(step, "name") == "Check out").ShouldHaveSingleItem()["with"];
        (WorkflowFile.Value(WorkflowFile.Map(with), "ref"), WorkflowFile.Value(WorkflowFile.Map(with), "fetch-depth")).ShouldBe((commit, "0"));
    }

    [TestCaseSource(nameof(Files))]
    public void Triggers_AreNoneThatMixRights(string name)
    {
        var on = WorkflowFile.Map(WorkflowFile.Read(name).Root.GetValueOrDefault("on"));
        on.Keys.ShouldBeSubsetOf(["push", "pull_request", "workflow_call", "schedule"]);
        WorkflowFile.Read(name).Text.ShouldNotContain("pull_request_target");
    }

    [TestCaseSource(nameof(Files))]
    public void Permissions_AreReadAtMost(string name)
    {
        var file = WorkflowFile.Read(name);
        if (file.Jobs.Count == 0)
        {
            return;
        }

        file.Root.ShouldContainKey("permissions");
        foreach (var permissions in file.Jobs.Where(job => job.Key is not ("publish" or "revisions")).Select(job => job.Value).Append(file.Root).Select(part => part.GetValueOrDefault("permissions")).Where(part => part is not null))
        {
            WorkflowFile.Map(permissions).ShouldBeSubsetOf(new Dictionary<string, object> { ["contents"] = "read" });
        }
    }

    [Test]
    public void PublishJob_WritesChecksHasNoKeyAndNothingOfTheRepository()
    {
        var file = WorkflowFile.Read(".github/workflows/go-compliance.yml");
        var publish = file.Jobs["publish"];
        WorkflowFile.Map(publish["permissions"]).ShouldBe(
            new Dictionary<string, object> { ["contents"] = "read", ["checks"] = "write", ["statuses"] = "write" });
        file.Text[file.Text.IndexOf("\n  publish:\n", StringComparison.Ordinal)..].ShouldNotContain("secrets.");
        WorkflowFile.StepsOf(publish).Select(step => WorkflowFile.Value(step, "name")).ShouldBe(
            ["Install .NET", "Install the tool", "Fetch the evidence", "Publish"]);
    }

    [Test]
    public void RevisionsJob_ReadsStatusesHasNoKeyAndRunsNothingOfTheRepository()
    {
        var file = WorkflowFile.Read(".github/workflows/go-compliance.yml");
        var revisions = file.Jobs["revisions"];
        WorkflowFile.Map(revisions["permissions"]).ShouldBe(new Dictionary<string, object> { ["contents"] = "read", ["statuses"] = "read" });
        file.Text[file.Text.IndexOf("\n  revisions:\n", StringComparison.Ordinal)..file.Text.IndexOf("\n  build:\n", StringComparison.Ordinal)].ShouldNotContain("secrets.");
        WorkflowFile.StepsOf(revisions).Select(step => WorkflowFile.Value(step, "name")).ShouldBe(["Check out", "Find the revisions"]);
    }

    [TestCase("build")]
    [TestCase("sign")]
    public void RevisionAndBase_AreTheFirstJobs(string job)
    {
        var steps = WorkflowFile.StepsOf(WorkflowFile.Read(".github/workflows/go-compliance.yml").Jobs[job]).Select(step => WorkflowFile.Map(step.GetValueOrDefault("env")));
        foreach (var name in new[] { "revision", "object", "branch", "base", "protected" })
        {
            steps.Where(env => env.ContainsKey(name.ToUpperInvariant())).ShouldHaveSingleItem().ShouldContainKeyAndValue(name.ToUpperInvariant(), $"${{{{ needs.revisions.outputs.{name} }}}}");
        }
    }

    [Test]
    public void BuildJob_HasNoSecretButTheProxysTokenInAStepThatRunsNothing()
    {
        var file = WorkflowFile.Read(".github/workflows/go-compliance.yml");
        var build = file.Text[file.Text.IndexOf("\n  build:\n", StringComparison.Ordinal)..file.Text.IndexOf("\n  sign:\n", StringComparison.Ordinal)];
        build.Split("secrets.").Length.ShouldBe(2);
        var steps = WorkflowFile.StepsOf(file.Jobs["build"]).Where(step => step.ContainsKey("env") && WorkflowFile.Map(step["env"]).ContainsValue("${{ secrets.PROXY_TOKEN }}"));
        var run = WorkflowFile.Value(steps.ShouldHaveSingleItem(), "run")!;
        run.ShouldNotContain("cicompliance");
        run.ShouldBe(WorkflowFile.Value(WorkflowFile.Read(".github/actions/cicompliance/action.yml").Steps.Single(step => WorkflowFile.Value(step, "name") == "Take the module proxy's token"), "run"));
        build.ShouldNotContain("github.token");
    }

    [Test]
    public void SignJob_RunsOnlyItsOwnShellAndTheTool()
    {
        var sign = WorkflowFile.Read(".github/workflows/go-compliance.yml").Jobs["sign"];
        WorkflowFile.Value(sign, "if").ShouldBe("github.event_name != 'pull_request'");
        WorkflowFile.StepsOf(sign).Select(step => WorkflowFile.Value(step, "name")).ShouldBe(
            ["Check out", "Install .NET", "Install the tool", "Fetch the unsigned evidence", "Sign and seal", "Keep the sealed evidence", "Say what was sealed"]);
    }

    [Test]
    public void SignModule_HasItsKeyOnlyWhereNothingOfTheRepositoryRuns()
    {
        var file = WorkflowFile.Read(".github/workflows/sign-module.yml");
        file.Text[file.Text.IndexOf("\n  module:\n", StringComparison.Ordinal)..file.Text.IndexOf("\n  sign:\n", StringComparison.Ordinal)].ShouldNotContain("secrets.");
        WorkflowFile.StepsOf(file.Jobs["sign"]).Select(step => WorkflowFile.Value(step, "name")).ShouldBe(
            ["Install .NET", "Install the tool", "Fetch the module", "Sign the module", "Keep the signature"]);
        WorkflowFile.Map(file.Jobs["sign"]["permissions"]).ShouldBeEmpty();
    }

    [Test]
    public void InstallTheTool_IsTheSameShellEverywhere()
    {
        var shells = new[] { ".github/workflows/go-compliance.yml", ".github/workflows/sign-module.yml", ".github/actions/cicompliance/action.yml" }
            .SelectMany(name => WorkflowFile.Read(name).Steps).Where(candidate => WorkflowFile.Value(candidate, "name") == "Install the tool")
            .Select(candidate => (string)candidate["run"]).ToList();
        shells.Count.ShouldBe(5);
        shells.Distinct().Count().ShouldBe(1);
    }

    [Test]
    public void OwnPipeline_OnlyCallsTheBuildScript() =>
        Shells(".github/workflows/ci.yml").Select(run => run.Trim()).Where(run => !run.StartsWith("apt-get ", StringComparison.Ordinal))
            .ShouldBe(["./build.sh --target=Test", "./build.sh"]);

    [Test]
    public void OwnNight_OnlyCallsTheBuildScript() =>
        Shells(".github/workflows/nightly.yml").Select(run => run.Trim()).Where(run => !run.StartsWith("apt-get ", StringComparison.Ordinal))
            .ShouldBe(["./build.sh --target=Mutate", "./build.sh --target=Faults"]);

    private static IEnumerable<string> Shells(string name) =>
        WorkflowFile.Read(name).Steps.Select(step => WorkflowFile.Value(step, "run")).OfType<string>();

    [GeneratedRegex("^ *(- )?uses:")]
    private static partial Regex UsesLine();
}
