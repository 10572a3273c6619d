using System.Diagnostics;
using System.Text.Json;
using CiCompliance.Testing;

namespace CiCompliance.Tool.Tests.Commands;

/// <summary>The built tool as a process.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ToolProcessTests : IDisposable
{
    private readonly TempDirectory temporary = new();

    public void Dispose() => temporary.Dispose();

    [Test]
    public void Version_IsAllThatIsPrinted()
    {
        var run = ToolRun.Process(["--version"], temporary.Path);

        run.ShouldBe(new ToolRun(0, CiCompliance.Tool.Hosting.ToolIdentity.Version + "\n", ""));
    }

    [Test]
    public void WrongOption_Is2InStandardForm()
    {
        var run = ToolRun.Process(["run", "--comit", "x"], temporary.Path);

        run.ShouldBe(new ToolRun(2, "", "cicompliance : error CIC0003: '--comit' is not known here. Did you mean --commit?\n"));
    }

    [Test]
    public void WrongOption_AsJson_IsOneDocumentOnStandardOutput()
    {
        var run = ToolRun.Process(["run", "--format=json", "--comit", "x"], temporary.Path);

        run.ExitCode.ShouldBe(2);
        var json = JsonDocument.Parse(run.Answer).RootElement;
        json.GetProperty("exitCode").GetInt32().ShouldBe(2);
        json.GetProperty("findings")[0].GetProperty("code").GetString().ShouldBe("CIC0003");
    }

    [Test]
    public void Help_IsThereInBothLanguages()
    {
        ToolRun.Process(["run", "--help"], temporary.Path, new() { ["LANG"] = "zh_CN.UTF-8" }).Answer.ShouldContain("运行全部阶段");
        ToolRun.Process(["run", "--help", "--language", "en"], temporary.Path, new() { ["LANG"] = "zh_CN.UTF-8" }).Answer.ShouldContain("run all stages");
    }

    [Test]
    public void HostilePath_IsShownHarmlessly()
    {
        var run = ToolRun.Process(["run", "--project", "x\n::error::pwned\u001b[31m\r##[error]y"], temporary.Path, new() { ["GITHUB_ACTIONS"] = "true" });

        run.ExitCode.ShouldBe(2);
        run.Messages.ShouldNotContain("\u001b");
        run.Messages.ShouldNotContain("\r");
        run.Messages.ShouldNotContain("##[");
        run.Messages.Split('\n').ShouldNotContain(line => line.TrimStart().StartsWith("::error::", StringComparison.Ordinal));
    }

    [Test]
    public void DescriptorsOfTheCaller_AreNotInheritedByWhatTheToolStarts()
    {
        var seen = temporary.Combine("seen");
        var secret = temporary.Write("secret", "the token");
        var git = temporary.Write("tools/git", $"#!/bin/sh\nls -l /proc/$$/fd > {seen}\n");
        File.SetUnixFileMode(git, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var info = new ProcessStartInfo("/bin/bash", ["-c", "exec 7<\"$1\"; exec 33<\"$1\"; exec \"$2\" \"$3\" doctor", "bash", secret, Peers.Require("dotnet"), Path.Combine(AppContext.BaseDirectory, "cicompliance.dll")])
        {
            WorkingDirectory = temporary.Path, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        info.Environment["PATH"] = temporary.Combine("tools") + ":/usr/bin:/bin";
        using var tool = Process.Start(info)!;
        tool.StandardOutput.ReadToEnd();
        tool.WaitForExit();

        File.ReadAllText(seen).ShouldContain("0 -> ");
        File.ReadAllText(seen).ShouldNotContain("secret");
    }

    [Test]
    public void Terminated_EndsItsChildrenAndIs130()
    {
        // A git that never answers: doctor waits for it.
        var pidFile = temporary.Combine("pid");
        var git = temporary.Write("tools/git", $"#!/bin/sh\necho $$ > {pidFile}.new\nmv {pidFile}.new {pidFile}\nexec sleep 300\n");
        File.SetUnixFileMode(git, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        using var tool = ToolRun.Start(["doctor", "--format", "json"], temporary.Path, new() { ["PATH"] = temporary.Combine("tools") + ":/usr/bin:/bin" });
        SpinWait.SpinUntil(() => File.Exists(pidFile) || tool.HasExited, TimeSpan.FromSeconds(30)).ShouldBeTrue();
        var child = int.Parse(File.ReadAllText(pidFile));

        using var kill = Process.Start("/bin/kill", ["-TERM", tool.Id.ToString()]);
        tool.WaitForExit(TimeSpan.FromSeconds(30)).ShouldBeTrue();

        tool.ExitCode.ShouldBe(130);
        JsonDocument.Parse(tool.StandardOutput.ReadToEnd()).RootElement.GetProperty("exitCode").GetInt32().ShouldBe(130);
        Directory.Exists($"/proc/{child}").ShouldBeFalse();
    }
}
