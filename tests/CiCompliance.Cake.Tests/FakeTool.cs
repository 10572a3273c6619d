using System.Diagnostics;
using CiCompliance.Testing;

namespace CiCompliance.Cake.Tests;

/// <summary>A tool that is a shell script: writes down its arguments and ends as it is told.</summary>
internal sealed class FakeTool : IDisposable
{
    private static readonly string Sample = Path.Combine(AppContext.BaseDirectory, "CiCompliance.Cake.Sample.dll");

    private readonly TempDirectory folder = new();

    public FakeTool() => Script = Write("cicompliance", "");

    public string Folder => folder.Path;

    public string Script { get; }

    public Dictionary<string, string?> Environment { get; } = [];

    /// <summary>The command lines it was started with, but for the form of the answer, which every one asks for.</summary>
    public IReadOnlyList<string> Calls => File.Exists(folder.Combine("calls")) ? [.. File.ReadAllLines(folder.Combine("calls")).Select(WithoutForm)] : [];

    /// <summary>The stages it was asked for, in order.</summary>
    public IReadOnlyList<string> Stages =>
        [.. Calls.SelectMany(call => call.Split(' ')).Where(word => word.StartsWith("--stages=", StringComparison.Ordinal)).Select(word => word[9..])];

    /// <summary>How it ends from now on: for one stage, or for every call.</summary>
    public void EndWith(int exitCode, string stage = "") => folder.Write("exit" + stage, $"{exitCode}");

    /// <param name="does">Shell lines before it ends.</param>
    public string Write(string name, string does)
    {
        var path = folder.Write(name, $$"""
            #!/bin/sh
            echo "$*" >> '{{folder.Path}}/calls'
            {{does}}
            for word in "$@"; do case $word in --stages=*) stage=${word#--stages=};; esac; done
            code=$(cat "{{folder.Path}}/exit$stage" 2>/dev/null || cat '{{folder.Path}}/exit' 2>/dev/null || echo 0)
            case $code in 0) verdict='"pass"';; 1) verdict='"fail"';; 3) verdict='"undecided"';; *) verdict=null;; esac
            echo "{\"exitCode\":$code,\"verdict\":$verdict,\"findings\":[],\"stages\":[],\"text\":\"answer of $1 $stage\"}"
            exit "$code"

            """);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    /// <summary>Runs the sample build in an own folder; the tool is named by --tool unless <paramref name="isNamed"/> is false.</summary>
    public Outcome Build(IReadOnlyList<string> arguments, bool isNamed = true) => Finish(Start(arguments, isNamed));

    public Outcome Build(params string[] arguments) => Build(arguments, isNamed: true);

    public Process Start(IReadOnlyList<string> arguments, bool isNamed = true)
    {
        var info = new ProcessStartInfo("dotnet", [Sample, .. arguments, .. isNamed ? new[] { $"--tool={Script}" } : []])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder.Path,
        };
        info.Environment.Remove("CICOMPLIANCE_TOOL");
        info.Environment["CICOMPLIANCE_LANGUAGE"] = "en";
        foreach (var (name, value) in Environment)
        {
            info.Environment[name] = value;
        }

        return Process.Start(info)!;
    }

    public static Outcome Finish(Process started)
    {
        using var process = started;
        var (answer, messages) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        process.WaitForExit();
        return new Outcome(process.ExitCode, answer.Result, messages.Result);
    }

    public void Dispose() => folder.Dispose();

    private static string WithoutForm(string call)
    {
        call.ShouldEndWith(" --format=json");
        return call[..^" --format=json".Length];
    }
}

internal sealed record Outcome(int ExitCode, string Output, string Messages)
{
    public string All => Output + Messages;
}
