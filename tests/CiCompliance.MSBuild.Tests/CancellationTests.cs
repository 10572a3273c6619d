using System.Diagnostics;
using System.Globalization;

namespace CiCompliance.MSBuild.Tests;

/// <summary>Ctrl-C, or SIGTERM from a CI system, while the tool works.</summary>
[Platform("Linux")]
public sealed class CancellationTests
{
    [TestCase("INT", "cleared up")]
    [TestCase("TERM", null)]
    public void Build_WhenCancelled_EndsTheToolAndItsChildren(string signal, string? trace)
    {
        var project = new TestProject();
        project.Properties["CiComplianceOnBuild"] = "true";
        project.Tool.Does("""
            trap 'echo "cleared up" > "${0%/*}/trace"; kill $child; exit 130' TERM
            sleep 300 & child=$!
            echo "$$ $child" > "${0%/*}/started"
            wait
            """);
        using var build = project.Start("build");
        var started = project.PathOf("tool/started");
        WaitUntil(() => File.Exists(started) && File.ReadAllText(started).EndsWith('\n'), TimeSpan.FromMinutes(3));
        using (var kill = Process.Start("kill", [$"-{signal}", build.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            kill.WaitForExit();
        }

        project.Finish(build).ExitCode.ShouldNotBe(0);
        foreach (var id in File.ReadAllText(started).Trim().Split(' '))
        {
            WaitUntil(() => !Directory.Exists($"/proc/{id}"), TimeSpan.FromSeconds(10));
        }

        if (trace is not null)
        {
            File.ReadAllText(project.PathOf("tool/trace")).Trim().ShouldBe(trace);
        }
    }

    // Whichever of the two nodes has the one that still works.
    [TestCase("sidecar")]
    [TestCase("agent")]
    public void Build_OfTwoProjectsOnTwoNodes_WhenTerminated_FailsAndEndsTheTool(string slow)
    {
        var project = new TestProject { Target = "All.proj" };
        project.AddProject("Other", "<TargetFramework>net10.0</TargetFramework>", "<GoModule Include=\"agent\" />");
        project.WriteGoModule("Other/agent");
        project.Write("All.proj", """
            <Project DefaultTargets="Build">
              <Target Name="Restore"><MSBuild Projects="App/App.csproj;Other/Other.csproj" Targets="Restore" /></Target>
              <Target Name="Build"><MSBuild Projects="App/App.csproj;Other/Other.csproj" BuildInParallel="true" /></Target>
            </Project>
            """);
        project.Properties["CiComplianceOnBuild"] = "true";
        project.Tool.Does($$"""
            if [ "$(basename "$out")" != {{slow}} ]; then
              for i in {1..600}; do [ -e "${0%/*}/started" ] && answer 0 pass; sleep 0.1; done
            fi
            sleep 300 & child=$!
            trap 'kill $child; exit 130' TERM
            echo "$$ $child" > "${0%/*}/started"
            wait
            """);
        using var build = project.Start("build", "-m:2");
        var started = project.PathOf("tool/started");
        var (quick, judged) = slow == "sidecar" ? ("Other/bin/Debug/net10.0/Other.dll", "App/bin/Debug/net10.0/App.dll") : ("App/bin/Debug/net10.0/App.dll", "Other/bin/Debug/net10.0/Other.dll");
        WaitUntil(() => File.Exists(started) && File.ReadAllText(started).EndsWith('\n') && File.Exists(project.PathOf(quick)), TimeSpan.FromMinutes(3));
        using (var kill = Process.Start("kill", ["-TERM", build.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            kill.WaitForExit();
        }

        project.Finish(build).ExitCode.ShouldNotBe(0);
        foreach (var id in File.ReadAllText(started).Trim().Split(' '))
        {
            WaitUntil(() => !Directory.Exists($"/proc/{id}"), TimeSpan.FromSeconds(20));
        }

        File.Exists(project.PathOf(judged)).ShouldBeFalse();
    }

    private static void WaitUntil(Func<bool> condition, TimeSpan limit)
    {
        for (var watch = Stopwatch.StartNew(); !condition(); Thread.Sleep(50))
        {
            watch.Elapsed.ShouldBeLessThan(limit);
        }
    }
}
