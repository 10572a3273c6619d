using System.Diagnostics;
using CiCompliance.Keys;
using CiCompliance.Testing;
using CiCompliance.Tool.Hosting;

namespace CiCompliance.Tool.Tests;

/// <summary>What one run of the tool gave.</summary>
internal sealed record ToolRun(int ExitCode, string Answer, string Messages)
{
    public static readonly byte[] NoKeys = new TrustStore(TrustStore.CurrentVersion, []).ToJson();

    /// <summary>In this process, with the parts given.</summary>
    public static async Task<ToolRun> InProcessAsync(
        IComposition parts, string directory, IReadOnlyList<string> args, Dictionary<string, string>? environment = null, bool isTerminal = false,
        CancellationToken cancellationToken = default)
    {
        using var answer = new StringWriter { NewLine = "\n" };
        using var messages = new StringWriter { NewLine = "\n" };
        var host = new ToolHost(answer, messages, isTerminal, name => environment?.GetValueOrDefault(name), directory, TimeProvider.System);
        var exitCode = await Application.RunAsync(args, host, parts, cancellationToken);
        return new ToolRun(exitCode, answer.ToString(), messages.ToString());
    }

    /// <summary>The built tool as a process of its own, with exactly this environment.</summary>
    public static ToolRun Process(IReadOnlyList<string> args, string directory, Dictionary<string, string>? environment = null)
    {
        using var process = Start(args, directory, environment);
        var answer = process.StandardOutput.ReadToEndAsync();
        var messages = process.StandardError.ReadToEndAsync();
        process.WaitForExit();
        return new ToolRun(process.ExitCode, answer.Result, messages.Result);
    }

    public static Process Start(IReadOnlyList<string> args, string directory, Dictionary<string, string>? environment = null)
    {
        var info = new ProcessStartInfo(Peers.Require("dotnet"), [Path.Combine(AppContext.BaseDirectory, "cicompliance.dll"), .. args])
        {
            WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        info.Environment.Clear();
        info.Environment["PATH"] = "/usr/bin:/bin";
        info.Environment["HOME"] = directory;
        foreach (var (name, value) in environment ?? [])
        {
            info.Environment[name] = value;
        }

        return System.Diagnostics.Process.Start(info)!;
    }

    /// <summary>A project with <c>.git</c>, and policy and trust outside it.</summary>
    public static (string Project, string[] Options) Project(TempDirectory temporary)
    {
        temporary.Write("project/.git/HEAD", "ref: refs/heads/main\n");
        temporary.Write("outside/compliance.yml", "version: 1\n");
        File.WriteAllBytes(temporary.Combine("outside", "trust.json"), NoKeys);
        return (temporary.Combine("project"),
            ["--config", temporary.Combine("outside", "compliance.yml"), "--trust", temporary.Combine("outside", "trust.json"), "--out", temporary.Combine("out")]);
    }
}
