using System.Diagnostics;

namespace CiCompliance.PackageTests;

/// <param name="Output">Both streams.</param>
internal sealed record Outcome(int ExitCode, string Output)
{
    public Outcome ShouldPass()
    {
        ExitCode.ShouldBe(0, Output);
        return this;
    }
}

/// <summary>Runs programs as a user would.</summary>
internal static class Run
{
    /// <param name="environment">All of it; null: this process's.</param>
    public static Outcome Program(string program, IEnumerable<string> arguments, string folder, IReadOnlyDictionary<string, string>? environment)
    {
        var info = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        if (environment is not null)
        {
            info.Environment.Clear();
            foreach (var (name, value) in environment)
            {
                info.Environment[name] = value;
            }
        }

        using var process = Process.Start(info)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new Outcome(process.ExitCode, output + error.Result);
    }

    public static Outcome DotNet(string folder, params string[] arguments) => Program(LocalFeed.DotNet, arguments, folder, LocalFeed.NewEnvironment());

    /// <summary>A line of shell, as a guide prints it.</summary>
    public static Outcome Shell(string folder, string line, IReadOnlyDictionary<string, string> environment) =>
        Program("/bin/bash", ["-euo", "pipefail", "-c", line], folder, environment);
}
