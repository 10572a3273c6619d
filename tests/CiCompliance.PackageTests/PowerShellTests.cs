using CiCompliance.Testing;

namespace CiCompliance.PackageTests;

/// <summary>The two build.ps1, run by PowerShell.</summary>
[NonParallelizable]
[Platform("Linux")]
public sealed class PowerShellTests
{
    [Test]
    public void OwnBuildScript_WithAnUnknownTarget_BuildsTheApplicationAndRefuses()
    {
        var outcome = PowerShell(Path.Combine(RepositoryCopy.Path, "build.ps1"), Path.GetTempPath(), RepositoryCopy.NewEnvironment(), "--target=NoSuchTarget");
        outcome.ExitCode.ShouldBe(2, outcome.Output);
        outcome.Output.ShouldContain("NoSuchTarget");
    }

    [Test]
    public void OwnBuildScript_WithoutPrograms_NamesThem()
    {
        var environment = LocalFeed.NewEnvironment();
        environment["PATH"] = Path.GetDirectoryName(LocalFeed.DotNet)!;
        var outcome = PowerShell(Path.Combine(LocalFeed.Root, "build.ps1"), LocalFeed.Root, environment);
        outcome.ExitCode.ShouldBe(2, outcome.Output);
        outcome.Output.ShouldContain("./build.sh");
    }

    [Test]
    public void TemplatesBuildScript_WithoutAPolicy_EndsWithTheToolsExitCode()
    {
        var folder = LocalFeed.NewFolder("powershell");
        Run.DotNet(folder, "new", "cicompliance-go", "-n", "shop", "-o", ".").ShouldPass();
        Run.Shell(folder, "git init --quiet && git add -A && git -c user.name=x -c user.email=x@example.com commit --quiet -m Begin", LocalFeed.NewEnvironment()).ShouldPass();
        var outcome = PowerShell(Path.Combine(folder, "build.ps1"), Path.GetTempPath(), LocalFeed.NewEnvironment(), "--format=json", "--base=HEAD");
        outcome.ExitCode.ShouldBe(2, outcome.Output);
        outcome.Output.ShouldContain("CIC0005");
    }

    private static Outcome PowerShell(string script, string folder, Dictionary<string, string> environment, params string[] arguments) =>
        Run.Program(Peers.Require("pwsh"), ["-NoProfile", "-NonInteractive", "-File", script, .. arguments], folder, environment);
}
