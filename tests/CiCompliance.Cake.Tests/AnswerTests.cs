using System.Diagnostics;

namespace CiCompliance.Cake.Tests;

/// <summary>An exit code of 0 alone makes nothing compliant.</summary>
[Platform("Linux")]
public sealed class AnswerTests
{
    private FakeTool tool = null!;

    [SetUp]
    public void Make() => tool = new FakeTool();

    [TearDown]
    public void Remove() => tool.Dispose();

    [TestCase("/bin/true", "VerifyCommits")]
    [TestCase("/bin/true", "Seal")]
    [TestCase("/bin/false", "VerifyCommits")]
    public void Program_ThatIsNotTheTool_DecidesNothing(string program, string target)
    {
        tool.Environment["CICOMPLIANCE_TOOL"] = program;
        var outcome = tool.Build(["--target=" + target], isNamed: false);
        outcome.ExitCode.ShouldBe(3);
        outcome.All.ShouldContain("CIC0045");
    }

    [TestCase("""echo '{"exitCode":0,"verdict":'; exit 0""", TestName = "Half")]
    [TestCase("""echo '[]'; exit 0""", TestName = "AnotherThing")]
    [TestCase("""echo '{"exitCode":0}'; exit 0""", TestName = "NoVerdict")]
    [TestCase("""echo '{"exitCode":0,"verdict":"good"}'; exit 0""", TestName = "NoKnownVerdict")]
    [TestCase("""echo '{"exitCode":0,"verdict":"undecided"}'; exit 0""", TestName = "VerdictAgainstItsExitCode")]
    [TestCase("""echo '{"exitCode":1,"verdict":"pass"}'; exit 1""", TestName = "PassWithExitCode1")]
    [TestCase("""echo '{"exitCode":0,"verdict":"pass"}'; exit 1""", TestName = "ExitCodeAgainstItsAnswer")]
    [TestCase("""echo '{"exitCode":0,"verdict":"fail","verdict":"pass"}'; exit 0""", TestName = "TwoVerdicts")]
    [TestCase("""echo '{"exitCode":0,"verdict":"pass"} {}'; exit 0""", TestName = "MoreThanOneDocument")]
    [TestCase("exec yes 0123456789012345678901234567890123456789012345678901234567890123456789", TestName = "WithoutEnd")]
    public void Answer_ThatIsNone_IsNotDecided(string does)
    {
        tool.Write("cicompliance", does);
        var outcome = tool.Build("--target=VerifyCommits");
        outcome.ExitCode.ShouldBe(3);
        outcome.All.ShouldContain("CIC0045");
    }

    [Test]
    public void Answer_WhoseStreamAnotherProcessHoldsOpen_IsNotWaitedForWithoutEnd()
    {
        tool.Write("cicompliance", $$"""sleep 300 & echo $! > '{{tool.Folder}}/child'; echo '{"exitCode":0,"verdict":"pass"}'; exit 0""");
        var build = tool.Start(["--target=Deploy"]);
        build.WaitForExit(TimeSpan.FromMinutes(2)).ShouldBeTrue("it waits");
        build.ExitCode.ShouldBe(3);
        using var kill = Process.Start("/bin/kill", [File.ReadAllText(Path.Combine(tool.Folder, "child")).Trim()]);
        kill.WaitForExit();
        FakeTool.Finish(build).All.ShouldContain("CIC0045");
    }

    [Test]
    public void Answer_ThatWasAskedForAsJson_IsShownAsItCame() =>
        tool.Build("--target=VerifyCommits", "--format=json").Output.ShouldContain("\"text\":\"answer of run source\"");
}
