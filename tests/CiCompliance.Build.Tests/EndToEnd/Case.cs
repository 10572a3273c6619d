using System.Diagnostics;
using System.Text;
using System.Text.Json;
using CiCompliance.Testing;

namespace CiCompliance.Build.Tests.EndToEnd;

/// <summary>One run of the published tool on the scenario, with what a test changes.</summary>
internal sealed class Case : IDisposable
{
    public Case()
    {
        Folder = new TempDirectory();
        Out = Folder.Combine("evidence");
        Environment["GOCACHE"] = Scenario.GoCache;
        Options = new Dictionary<string, string?>
        {
            ["--demonstration"] = null,
            ["--project"] = Scenario.Repository,
            ["--config"] = Scenario.PolicyFile,
            ["--trust"] = Scenario.Trust,
        };
        foreach (var pair in Scenario.KeyOptions.Chunk(2))
        {
            Options[pair[0]] = pair[1];
        }
    }

    public TempDirectory Folder { get; }

    public string Out { get; set; }

    /// <summary>By name with dashes; null is a flag.</summary>
    public Dictionary<string, string?> Options { get; }

    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>A copy of the repository to break.</summary>
    public string CopyRepository()
    {
        var copy = Folder.Combine("repository");
        Scenario.Copy(Scenario.Repository, copy);
        Options["--project"] = copy;
        return copy;
    }

    public string Git(string directory, params string[] arguments) => Git(directory, null, arguments);

    public string Git(string directory, byte[]? input, params string[] arguments) => Encoding.UTF8.GetString(ChildProcess.Capture("git",
        ["-c", "user.name=x", "-c", "user.email=x@example.com", .. arguments], directory,
        new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin", ["HOME"] = Folder.Path, ["GIT_CONFIG_NOSYSTEM"] = "1" }, input)).Trim();

    public void WithPolicy(string text) => Options["--config"] = Folder.Write("policy/compliance.yml", text);

    public void WithTrust(byte[] content)
    {
        Options["--trust"] = Folder.Write("trust/trust.json", "");
        File.WriteAllBytes(Options["--trust"]!, content);
    }

    public Outcome Run(params string[] verb) => Finish(Start(verb));

    public Process Start(params string[] verb) => Start(verb.Length == 0 ? ["run"] : verb, "", []);

    /// <param name="shell">What a shell does before it becomes the tool, with <paramref name="words"/> as $1….</param>
    public Process Start(IReadOnlyList<string> verb, string shell, IReadOnlyList<string> words)
    {
        string[] command =
            [Scenario.Tool, .. verb, "--out", Out, .. Options.SelectMany(option => option.Value is { } value ? new[] { option.Key, value } : [option.Key])];
        var info = shell.Length == 0
            ? new ProcessStartInfo(command[0], command[1..])
            : new ProcessStartInfo("/bin/bash", ["-c", $"{shell}; shift {words.Count}; exec \"$@\"", "bash", .. words, .. command]);
        info.RedirectStandardOutput = info.RedirectStandardError = true;
        info.WorkingDirectory = Folder.Path;
        foreach (var name in new[] { "CI", "GITHUB_ACTIONS", "GITLAB_CI" })
        {
            info.Environment.Remove(name);
        }

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

    /// <summary>Nothing that looks whole and isn't: no unfinished file, lock or seal, nothing signed that isn't sealed.</summary>
    public void ShouldHaveLeftNothingHalfWritten()
    {
        ShouldHaveLeftNoLock();
        var files = Directory.Exists(Out) ? Directory.GetFiles(Out, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Out, file)).ToList() : [];
        files.ShouldNotContain(file => file.EndsWith(".partial", StringComparison.Ordinal));
        files.ShouldNotContain(file => file.StartsWith("seal/", StringComparison.Ordinal));
    }

    /// <summary>The lock file stays, so that two runs never lock different files; nobody holds it.</summary>
    public void ShouldHaveLeftNoLock()
    {
        if (File.Exists(Out + ".lock"))
        {
            Should.NotThrow(() => new FileStream(Out + ".lock", FileMode.Open, FileAccess.ReadWrite, FileShare.None).Dispose(), "a lock is held");
        }
    }

    public bool HasOutputs => Directory.Exists(Path.Combine(Out, "bin")) && Directory.EnumerateFiles(Path.Combine(Out, "bin")).Any();

    public void Dispose() => Folder.Dispose();
}

internal sealed record Outcome(int ExitCode, string Answer, string Messages)
{
    public void ShouldBe(int exitCode, params string[] messages)
    {
        ExitCode.ShouldBe(exitCode, Messages + Answer);
        foreach (var message in messages)
        {
            Messages.ShouldContain(message);
        }
    }

    /// <summary>The verdict of each stage of a JSON answer.</summary>
    public IReadOnlyList<(string Stage, string Verdict)> StageVerdicts() =>
        [.. JsonDocument.Parse(Answer).RootElement.GetProperty("stages").EnumerateArray().Select(stage => (stage.GetProperty("name").GetString()!, stage.GetProperty("verdict").GetString()!))];
}
