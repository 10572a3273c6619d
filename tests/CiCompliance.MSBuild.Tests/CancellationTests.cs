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

    private static void WaitUntil(Func<bool> condition, TimeSpan limit)
    {
        for (var watch = Stopwatch.StartNew(); !condition(); Thread.Sleep(50))
        {
            watch.Elapsed.ShouldBeLessThan(limit);
        }
    }
}
