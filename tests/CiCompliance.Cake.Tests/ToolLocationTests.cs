namespace CiCompliance.Cake.Tests;

/// <summary>Where the tool is looked for; what is missing is a prerequisite (exit 2), never a verdict.</summary>
[Platform("Linux")]
public sealed class ToolLocationTests
{
    private FakeTool tool = null!;

    [SetUp]
    public void Make() => tool = new FakeTool();

    [TearDown]
    public void Remove() => tool.Dispose();

    [Test]
    public void Tool_NamedByTheVariable_IsRun()
    {
        tool.Environment["CICOMPLIANCE_TOOL"] = tool.Script;
        tool.Build(["--target=VerifyCommits"], isNamed: false).ExitCode.ShouldBe(0);
        tool.Stages.ShouldBe(["source"]);
    }

    [Test]
    public void Tool_OnPath_IsRun()
    {
        tool.Environment["PATH"] = $"{tool.Folder}:{Environment.GetEnvironmentVariable("PATH")}";
        tool.Build(["--target=VerifyCommits"], isNamed: false).ExitCode.ShouldBe(0);
        tool.Stages.ShouldBe(["source"]);
    }

    [Test]
    public void Tool_Nowhere_SaysWhatToType()
    {
        var outcome = tool.Build(["--target=VerifyCommits"], isNamed: false);
        outcome.ExitCode.ShouldBe(2, outcome.All);
        outcome.All.ShouldContain("CIC0040");
        outcome.All.ShouldContain("dotnet tool install");
    }

    [Test]
    public void Tool_NamedButMissing_IsNotLookedForElsewhere()
    {
        tool.Environment["PATH"] = $"{tool.Folder}:{Environment.GetEnvironmentVariable("PATH")}";
        tool.Environment["CICOMPLIANCE_TOOL"] = "/nonexistent/cicompliance";
        var outcome = tool.Build(["--target=VerifyCommits"], isNamed: false);
        outcome.ExitCode.ShouldBe(2);
        outcome.All.ShouldContain("CIC0040");
        tool.Calls.ShouldBeEmpty();
    }

    [Test]
    public void Tool_ThatCannotBeStarted_IsPrerequisite()
    {
        File.SetUnixFileMode(tool.Script, UnixFileMode.UserRead);
        var outcome = tool.Build("--target=VerifyCommits");
        outcome.ExitCode.ShouldBe(2);
        outcome.All.ShouldContain("CIC0040");
    }

    [Test]
    public void Tool_InAManifestThatIsNotRestored_IsPrerequisiteAndNoVerdict()
    {
        tool.Environment["PATH"] = $"{tool.Folder}:{Environment.GetEnvironmentVariable("PATH")}";
        WriteManifest("""{"version":1,"isRoot":true,"tools":{"cicompliance.tool":{"version":"0.0.1","commands":["cicompliance"]}}}""");
        var outcome = tool.Build(["--target=VerifyCommits"], isNamed: false);
        outcome.ExitCode.ShouldBe(2, outcome.All);
        outcome.All.ShouldContain("dotnet tool restore");
        tool.Calls.ShouldBeEmpty();
    }

    [TestCase("{")]
    [TestCase("""{"tools":{"x":{}}}""")]
    [TestCase("[]")]
    public void Manifest_ThatIsBroken_IsRefused(string content)
    {
        tool.Environment["PATH"] = $"{tool.Folder}:{Environment.GetEnvironmentVariable("PATH")}";
        WriteManifest(content);
        tool.Build(["--target=VerifyCommits"], isNamed: false).ExitCode.ShouldBe(2);
        tool.Calls.ShouldBeEmpty();
    }

    [Test]
    public void Manifest_OfOtherTools_LeavesTheSearchToPath()
    {
        tool.Environment["PATH"] = $"{tool.Folder}:{Environment.GetEnvironmentVariable("PATH")}";
        WriteManifest("""{"version":1,"isRoot":true,"tools":{"other":{"version":"1.0.0","commands":["other"]}}}""");
        tool.Build(["--target=VerifyCommits"], isNamed: false).ExitCode.ShouldBe(0);
        tool.Stages.ShouldBe(["source"]);
    }

    private void WriteManifest(string content)
    {
        Directory.CreateDirectory(Path.Combine(tool.Folder, ".config"));
        File.WriteAllText(Path.Combine(tool.Folder, ".config", "dotnet-tools.json"), content);
    }
}
