using System.Diagnostics;

namespace CiCompliance.Build.Tests.Scripts;

/// <summary>Runs functions of build/*.sh in a shell of their own, as build.sh does: root, artifacts and the strict options are set.</summary>
internal static class Script
{
    public static readonly string Root = Invocation.From([]).Root;

    public static (int ExitCode, string Output, string Error) Run(string artifacts, string commands, params (string Name, string Value)[] environment)
    {
        var script = $"""
            set -euo pipefail
            root='{Root}'
            artifacts='{artifacts}'
            cache='{artifacts}'
            . "$root/build/prerequisites.sh"
            . "$root/build/packages.sh"
            {commands}
            """;
        var info = new ProcessStartInfo("/bin/bash", ["-c", script]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = artifacts };
        foreach (var (name, value) in environment)
        {
            info.Environment[name] = value;
        }

        using var process = Process.Start(info)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        process.WaitForExit();
        return (process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
    }
}
