using System.Diagnostics;
using System.Globalization;

namespace CiCompliance.Cake.Tests;

/// <summary>A build as a user has it, as a process of its own, with a tool that ends as it is told.</summary>
[Platform("Linux")]
public sealed class HostTests
{
    private FakeTool tool = null!;

    [SetUp]
    public void Make() => tool = new FakeTool();

    [TearDown]
    public void Remove() => tool.Dispose();

    [Test]
    public void Run_ThroughTheHost_KeepsTheExitCode([Values(0, 1, 2, 3, 130)] int exitCode, [Values("VerifyCommits", "Seal")] string target)
    {
        tool.EndWith(exitCode);
        tool.Build($"--target={target}").ExitCode.ShouldBe(exitCode);
    }

    [TestCase(4)]
    [TestCase(127)]
    [TestCase(137)]
    public void Run_WhenTheToolEndsInAWayOfItsOwn_IsNotDecided(int exitCode)
    {
        tool.EndWith(exitCode);
        var outcome = tool.Build("--target=VerifyCommits");
        outcome.ExitCode.ShouldBe(3);
        outcome.All.ShouldContain($"exit code {exitCode}");
    }

    [Test]
    public void Run_WhenATaskOfTheBuildFails_IsNeverAVerdict() => tool.Build("--target=Broken").ExitCode.ShouldBe(3);

    [Test]
    public void Run_WhenTheTargetIsUnknown_IsUsage() => tool.Build("--target=Nowhere").ExitCode.ShouldBe(2);

    [Test]
    public void Run_OfTheTargetAfterTheSeal_GoesThroughTheStagesInTheCatalogsOrder()
    {
        var outcome = tool.Build("--target=Deploy");
        outcome.ExitCode.ShouldBe(0, outcome.All);
        tool.Stages.ShouldBe(CiCompliance.Pipeline.StageCatalog.All.Select(stage => stage.Name));
        outcome.Output.ShouldContain("deployed");
    }

    [TestCase(1)]
    [TestCase(3)]
    public void Run_WhenAStageRefuses_WritesTheReportAndStops(int exitCode)
    {
        tool.EndWith(exitCode, "dependencies");
        var outcome = tool.Build("--target=Deploy");
        outcome.ExitCode.ShouldBe(exitCode);
        tool.Stages.ShouldBe(["environment", "source", "dependencies", "assess"]);
        outcome.Output.ShouldNotContain("deployed");
    }

    [Test]
    public void Run_WhenTheReportFailsAsWell_KeepsTheStagesExitCode()
    {
        tool.EndWith(1, "source");
        tool.EndWith(3, "assess");
        tool.Build("--target=VerifyCommits").ExitCode.ShouldBe(1);
    }

    [Test]
    public void Run_WithAReplacedTask_RunsItInTheStagesPlace()
    {
        var outcome = tool.Build("--target=Sign");
        outcome.ExitCode.ShouldBe(0, outcome.All);
        outcome.Output.ShouldContain("licences checked");
        tool.Stages.ShouldBe(["environment", "source", "dependencies", "build", "binary", "sbom", "sign"]);
    }

    [Test]
    public void Run_OfAllStagesAtOnceWithAReplacedTask_IsRefused()
    {
        var outcome = tool.Build("--target=Run");
        outcome.ExitCode.ShouldBe(2);
        outcome.All.ShouldContain("CIC0043");
        tool.Calls.ShouldBeEmpty();
    }

    [Test]
    public void Answer_OfTheTool_ComesAfterCakesReport()
    {
        var outcome = tool.Build("--target=VerifyCommits");
        outcome.Output.TrimEnd().ShouldEndWith("answer of run source");
    }

    [Test]
    public void Run_OnSigterm_EndsTheToolAndIs130()
    {
        var waiting = Path.Combine(tool.Folder, "waiting");
        tool.Write("cicompliance", $"trap 'touch {tool.Folder}/cleaned; exit 130' TERM; touch '{waiting}'; sleep 60 >/dev/null 2>&1 & wait $!");
        var build = tool.Start(["--target=VerifyCommits"]);
        SpinWait.SpinUntil(() => File.Exists(waiting) || build.HasExited, TimeSpan.FromSeconds(60)).ShouldBeTrue();
        using (var kill = Process.Start("/bin/kill", ["-TERM", build.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            kill.WaitForExit();
        }

        build.WaitForExit(TimeSpan.FromSeconds(30)).ShouldBeTrue("it did not end");
        build.ExitCode.ShouldBe(130);
        File.Exists(Path.Combine(tool.Folder, "cleaned")).ShouldBeTrue();
        build.Dispose();
    }
}
