namespace CiCompliance.MSBuild.Tests;

/// <summary>Several projects, several target frameworks, several nodes.</summary>
public sealed class ParallelTests
{
    private const string TwoFrameworks = "<TargetFrameworks>net10.0;net10.0-windows</TargetFrameworks><EnableWindowsTargeting>true</EnableWindowsTargeting><DisableTransitiveFrameworkReferenceDownloads>true</DisableTransitiveFrameworkReferenceDownloads>";

    [Test]
    public void GoModule_OfAProjectWithTwoFrameworks_RunsOnce([Values("-m:1", "-m:4")] string nodes)
    {
        var project = new TestProject(TwoFrameworks);
        project.Properties["CiComplianceOnBuild"] = project.Properties["CiComplianceCopyBinaries"] = "true";
        project.Tool.Does("sleep 1\n" + FakeTool.Passes);
        project.Build(nodes).ShouldPass();
        project.Tool.Calls.Count.ShouldBe(1);
        File.Exists(project.PathOf("App/bin/Debug/net10.0/sidecar-linux-amd64")).ShouldBeTrue();
        File.Exists(project.PathOf("App/bin/Debug/net10.0-windows/sidecar-linux-amd64")).ShouldBeTrue();
    }

    [Test]
    public void Pack_OfAProjectWithTwoFrameworks_RunsOnce()
    {
        var project = new TestProject(TwoFrameworks);
        project.Properties["CiComplianceOnPack"] = project.Properties["CiComplianceOnBuild"] = "true";
        project.DotNet("pack").ShouldPass();
        project.Tool.Calls.Count.ShouldBe(1);
    }

    [Test]
    public void Target_OfAProjectWithTwoFrameworks_RunsOnce()
    {
        var project = new TestProject(TwoFrameworks);
        project.Build("-t:CiCompliance", "-restore").ShouldPass();
        project.Tool.Calls.Count.ShouldBe(1);
    }

    [Test]
    public void TwoProjects_EachWithItsGoModule_RunBoth()
    {
        var project = new TestProject { Target = "All.proj" };
        project.AddProject("Other", "<TargetFramework>net10.0</TargetFramework>", """<GoModule Include="agent" />""");
        project.WriteGoModule("Other/agent");
        project.Write("All.proj", """
            <Project DefaultTargets="Build">
              <Target Name="Restore"><MSBuild Projects="App/App.csproj;Other/Other.csproj" Targets="Restore" /></Target>
              <Target Name="Build"><MSBuild Projects="App/App.csproj;Other/Other.csproj" BuildInParallel="true" /></Target>
            </Project>
            """);
        project.Properties["CiComplianceOnBuild"] = "true";
        // Each waits for the other: they pass only when both run at the same time.
        project.Tool.Does("""
            touch "${0%/*}/here.$(basename "$out")"
            for i in {1..600}; do [ -e "${0%/*}/here.sidecar" ] && [ -e "${0%/*}/here.agent" ] && answer 0 pass; sleep 0.1; done
            answer 3 undecided
            """);
        project.Build("-m:2").ShouldPass();
        project.Tool.Calls.SelectMany(call => call.Where(argument => argument.StartsWith("--out=", StringComparison.Ordinal))).Order(StringComparer.Ordinal)
            .ShouldBe([$"--out={project.PathOf("App/bin/compliance/sidecar")}", $"--out={project.PathOf("Other/bin/compliance/agent")}"]);
    }
}
