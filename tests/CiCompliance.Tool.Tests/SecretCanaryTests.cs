using System.Diagnostics;
using System.Text;
using CiCompliance.Testing;

namespace CiCompliance.Tool.Tests;

public sealed class SecretCanaryTests
{
    private readonly SecretCanary canary = new();

    [Test]
    public void IsIn_FindsThePlainAndTheEncodedMarker([Values("", "x", "xy", "xyz")] string before)
    {
        canary.IsIn(before + canary.Marker + "after").ShouldBeTrue();
        canary.IsIn(Convert.ToHexString(Encoding.ASCII.GetBytes(before + canary.Marker))).ShouldBeTrue();
        canary.IsIn(Convert.ToBase64String(Encoding.ASCII.GetBytes(before + canary.Marker + "after"))).ShouldBeTrue();
        canary.IsIn(before + new SecretCanary().Marker).ShouldBeFalse();
    }

    [Test]
    public void FindIn_FindsContentsAndNames()
    {
        using var temporary = new TempDirectory();
        var inside = temporary.Write("a/b.txt", "x" + canary.Marker);
        var named = temporary.Write($"c-{canary.Marker}", "");
        temporary.Write("clean.txt", "nothing");

        canary.FindIn(temporary.Path).ShouldBe([inside, named], ignoreOrder: true);
    }

    [Test]
    public void WatchProcesses_FindsItInAChildsEnvironmentAndCommandLine()
    {
        using var watch = canary.WatchProcesses();
        var info = new ProcessStartInfo("/bin/sh", ["-c", "read line", canary.Marker]) { RedirectStandardInput = true };
        info.Environment["LEAK"] = canary.Marker;
        using var child = Process.Start(info)!;
        SpinWait.SpinUntil(() => watch.Found.Count >= 2, TimeSpan.FromSeconds(30)).ShouldBeTrue();
        child.StandardInput.Close();
        child.WaitForExit();

        watch.Found.ShouldContain(found => found.EndsWith(": environ", StringComparison.Ordinal));
        watch.Found.ShouldContain(found => found.EndsWith(": cmdline", StringComparison.Ordinal));
    }
}
