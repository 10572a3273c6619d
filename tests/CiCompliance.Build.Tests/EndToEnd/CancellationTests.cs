using System.Diagnostics;
using System.Globalization;
using System.Text;
using CiCompliance.Testing;

namespace CiCompliance.Build.Tests.EndToEnd;

/// <summary>SIGINT and SIGTERM while a stage waits for something that never comes.</summary>
public sealed class CancellationTests : EndToEndTests
{
    [Test]
    public void WhileGoSleeps_EndsItAndIs130([Values("INT", "TERM")] string signal, [Values("env", "mod", "list", "build")] string command)
    {
        var mark = Case.Folder.Combine("asleep");
        var go = Case.Folder.Write("tools/go", $"""
            #!/bin/sh
            case " $* " in *" {command} "*) touch '{mark}'; sleep 300; exit 1;; esac
            exec '{Path.GetFullPath(Peers.Require("go"))}' "$@"

            """);
        File.SetUnixFileMode(go, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        // First on PATH too: the environment stage refuses another go in front of it.
        Case.Options["--go"] = go;
        Case.Environment["PATH"] = $"{Path.GetDirectoryName(go)}:{Environment.GetEnvironmentVariable("PATH")}";
        Cancel(Case.Start(), signal, () => File.Exists(mark));
    }

    [Test]
    public void WhileTheProxyHangs_EndsTheDownloadAndIs130([Values("INT", "TERM")] string signal)
    {
        Scenario.Proxy.Requests.Clear();
        Scenario.Proxy.Lie = _ => (0, []);
        Cancel(Case.Start(), signal, () => !Scenario.Proxy.Requests.IsEmpty);
    }

    [Test]
    public void WhileAPassphraseIsAwaited_Is130([Values("INT", "TERM")] string signal)
    {
        Case.Options["--sm2-key"] = Secrets.Encrypt(Case, "sm2-key", "never given");
        Case.Options["--sm2-key-passphrase"] = "fd:7";
        var pipe = Case.Folder.Combine("pipe");
        using (var make = Process.Start("mkfifo", [pipe]))
        {
            make.WaitForExit();
        }

        // Open for both, so that a reader waits.
        Cancel(Case.Start(["run"], "exec 7<>\"$1\"", [pipe]), signal, () => Directory.Exists(Path.Combine(Case.Out, "sbom")) && Directory.EnumerateFiles(Path.Combine(Case.Out, "sbom")).Any());
    }

    private void Cancel(Process tool, string signal, Func<bool> isWaiting)
    {
        var output = Task.Run(() => Case.Finish(tool));
        SpinWait.SpinUntil(() => isWaiting() || output.IsCompleted, TimeSpan.FromSeconds(120)).ShouldBeTrue();
        output.IsCompleted.ShouldBeFalse(output.IsCompleted ? output.Result.ToString() : "");
        using (var kill = Process.Start("/bin/kill", ["-" + signal, tool.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            kill.WaitForExit();
        }

        // The product's own patience is 8 s; above it stands only what a busy machine adds.
        output.Wait(TimeSpan.FromSeconds(30)).ShouldBeTrue("it did not end");
        output.Result.ExitCode.ShouldBe(130, output.Result.ToString());
        Alive().ShouldBeEmpty();
        Case.ShouldHaveLeftNothingHalfWritten();
    }

    /// <summary>Processes that have this case's folder in their environment or command line; one that has ended has neither.</summary>
    private List<string> Alive()
    {
        var mark = Encoding.UTF8.GetBytes(Case.Folder.Path);
        var alive = new List<string>();
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(path => path.AsSpan(6).ContainsAnyExceptInRange('0', '9') is false))
        {
            try
            {
                if (File.ReadAllBytes(process + "/environ").AsSpan().IndexOf(mark) >= 0 || File.ReadAllBytes(process + "/cmdline").AsSpan().IndexOf(mark) >= 0)
                {
                    alive.Add(File.ReadAllText(process + "/cmdline").Replace('\0', ' '));
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It has just ended, or is somebody else's.
            }
        }

        return alive;
    }
}
