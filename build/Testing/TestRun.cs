using System.Diagnostics;

namespace CiCompliance.Build.Testing;

/// <summary>Runs built test projects, each in a process of its own, two at a time.</summary>
internal sealed class TestRun(IReadOnlyList<string> assemblies, string? filter)
{
    /// <summary>Tests that only the tests of this class run.</summary>
    public const string SampleCategory = "Sample";

    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(45);

    /// <param name="names">Parts of project names, comma separated, or null: all of tests/*Tests.</param>
    public static TestRun OfProjects(string root, string? names, string? filter)
    {
        var wanted = names?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return new TestRun(
            [.. Directory.EnumerateFiles(Path.Combine(root, "tests"), "*Tests.csproj", SearchOption.AllDirectories)
                .Where(project => wanted is null || wanted.Any(name => Path.GetFileName(project).Contains(name, StringComparison.OrdinalIgnoreCase)))
                .Order(StringComparer.Ordinal)
                .Select(project => Path.Combine(Path.GetDirectoryName(project)!, "bin", "Release", "net10.0", Path.GetFileNameWithoutExtension(project) + ".dll"))],
            filter);
    }

    public bool Has(string project) => assemblies.Any(assembly => Path.GetFileNameWithoutExtension(assembly) == project);

    public async Task<TestOutcome> ExecuteAsync(string resultsFolder, TextWriter progress)
    {
        if (Directory.Exists(resultsFolder))
        {
            Directory.Delete(resultsFolder, recursive: true);
        }

        Directory.CreateDirectory(resultsFolder);
        var outcomes = new TestOutcome[assemblies.Count];
        await Parallel.ForAsync(0, assemblies.Count, new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (i, _) =>
        {
            var watch = Stopwatch.StartNew();
            outcomes[i] = await ExecuteAsync(assemblies[i], resultsFolder);
            await progress.WriteLineAsync($"{Path.GetFileNameWithoutExtension(assemblies[i])}: {outcomes[i].Line} ({watch.Elapsed.TotalSeconds:F1} s)");
        });
        return TestOutcome.Sum(outcomes);
    }

    private async Task<TestOutcome> ExecuteAsync(string assembly, string resultsFolder)
    {
        var name = Path.GetFileNameWithoutExtension(assembly);
        var report = Path.Combine(resultsFolder, name + ".trx");
        var log = Path.Combine(resultsFolder, name + ".log");
        var info = new ProcessStartInfo(Environment.ProcessPath!,
            ["test", assembly, "--filter", filter ?? $"TestCategory!={SampleCategory}", "--logger", $"trx;LogFileName={report}", "--results-directory", resultsFolder])
        {
            WorkingDirectory = Path.GetDirectoryName(assembly),
        };
        var exitCode = File.Exists(assembly) ? await ChildProcess.RunToFileAsync(info, log, Timeout) : -1;
        var outcome = File.Exists(report) ? TrxReport.Read(report) : TestOutcome.Nothing;

        // A crashed or hanging host leaves no report, or one that lacks the tests that were still to come.
        var broken = exitCode != 0 && outcome.Failed.Count == 0;
        return broken
            ? outcome with { Failed = [new(name, exitCode is null ? $"did not end within {Timeout}" : $"its process ended with exit code {exitCode}; see {log}")] }
            : filter is null && outcome is { Passed: 0, Failed: [], Skipped: [] }
            ? outcome with { Failed = [new(name, $"it ran no test; see {log}")] }
            : outcome;
    }
}
