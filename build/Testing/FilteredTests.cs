namespace CiCompliance.Build.Testing;

/// <summary>Some tests of one project, with all that they print; used where an environment variable makes them go on for longer.</summary>
internal static class FilteredTests
{
    /// <exception cref="Cake.Core.CakeException">One did not pass: skipped, or not found any more, is not passed.</exception>
    public static void Run(BuildContext context, string project, string filter, string name, string failure)
    {
        context.DotNet("build", project, "-c", "Release", "-nologo", "-v", "quiet", "-clp:NoSummary");
        var results = Directory.CreateDirectory(Path.Combine(context.Artifacts, "test-results"));
        var report = Path.Combine(results.FullName, name + ".trx");
        File.Delete(report);
        var exitCode = ChildProcess.Run(Environment.ProcessPath!,
            ["test", project, "-c", "Release", "--no-build", "--filter", filter, "--logger", "console;verbosity=detailed", "--logger", $"trx;LogFileName={report}"],
            context.Root);
        var outcome = File.Exists(report) ? TrxReport.Read(report).WithSkipsRefused() : TestOutcome.Nothing;
        outcome.Describe(context.PrintAtEnd);
        if (exitCode != 0 || !outcome.IsGood)
        {
            throw context.Stop(1, failure);
        }
    }
}
