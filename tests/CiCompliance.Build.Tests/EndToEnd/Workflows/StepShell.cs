using System.Diagnostics;

namespace CiCompliance.Build.Tests.EndToEnd.Workflows;

/// <summary>The shell of one step, with the environment that a runner gives it and nothing else.</summary>
internal sealed class StepShell(string folder, string job, Dictionary<string, string> environment, Dictionary<string, string> github)
{
    private readonly string temp = Path.Combine(folder, job, "temp");

    public string Summary { get; private set; } = "";

    public (int ExitCode, string Log, Dictionary<string, string> Outputs) Run(string script)
    {
        var place = Directory.CreateDirectory(Path.Combine(folder, job, "step")).FullName;
        var (output, summary, file) = (Path.Combine(place, "output"), Path.Combine(place, "summary"), Path.Combine(place, "script.sh"));
        File.WriteAllText(output, "");
        File.WriteAllText(summary, "");
        File.WriteAllText(file, script);
        var info = new ProcessStartInfo("/bin/bash", ["--noprofile", "--norc", "-e", "-o", "pipefail", file])
        {
            WorkingDirectory = Path.Combine(folder, job, "workspace"), RedirectStandardOutput = true, RedirectStandardError = true,
        };
        info.Environment.Clear();
        foreach (var (name, value) in Variables(output, summary).Concat(environment))
        {
            info.Environment[name] = value;
        }

        using var process = Process.Start(info)!;
        var (answer, messages) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        process.WaitForExit();
        Summary = File.ReadAllText(summary);
        return (process.ExitCode, answer.Result + messages.Result, Outputs(File.ReadAllLines(output)));
    }

    /// <summary><c>name=value</c>, or <c>name&lt;&lt;delimiter</c> and lines up to the delimiter.</summary>
    private static Dictionary<string, string> Outputs(string[] lines)
    {
        var outputs = new Dictionary<string, string>();
        for (var at = 0; at < lines.Length; at++)
        {
            if (lines[at].Split("<<", 2) is [var name, var delimiter] && !name.Contains('=', StringComparison.Ordinal))
            {
                var value = lines.Skip(at + 1).TakeWhile(line => line != delimiter).ToList();
                outputs[name] = string.Join('\n', value);
                at += value.Count + 1;
            }
            else
            {
                var pair = lines[at].Split('=', 2);
                outputs[pair[0]] = pair[1];
            }
        }

        return outputs;
    }

    private Dictionary<string, string> Variables(string output, string summary) => new()
    {
        ["PATH"] = Environment.GetEnvironmentVariable("PATH")!,
        ["HOME"] = Path.Combine(folder, job, "home"),
        ["DOTNET_ROOT"] = Path.GetDirectoryName(Environment.ProcessPath)!,
        ["CI"] = "true",
        ["GITHUB_ACTIONS"] = "true",
        ["GITHUB_EVENT_NAME"] = github["event_name"],
        ["GITHUB_SHA"] = github["sha"],
        ["GITHUB_REF"] = github.GetValueOrDefault("ref", "refs/heads/main"),
        ["GITHUB_BASE_REF"] = github.GetValueOrDefault("event.pull_request.base.ref", ""),
        ["GITHUB_REF_PROTECTED"] = github["ref_protected"],
        ["GITHUB_RUN_ID"] = "4242",
        ["GITHUB_RUN_ATTEMPT"] = github["run_attempt"],
        ["GITHUB_REPOSITORY"] = "acme/ledger",
        ["GITHUB_API_URL"] = github["api_url"],
        ["GITHUB_SERVER_URL"] = "https://github.example",
        ["GITHUB_ACTOR"] = "octocat",
        ["GITHUB_RETENTION_DAYS"] = "90",
        ["GITHUB_OUTPUT"] = output,
        ["GITHUB_STEP_SUMMARY"] = summary,
        ["RUNNER_TEMP"] = temp,
        // Not a runner's: packages that were compiled for another test need not be compiled again.
        ["GOCACHE"] = Scenario.GoCache,
    };
}
