using Cake.Frosting;
using CiCompliance.Build.Testing;

namespace CiCompliance.Build.Tasks;

[TaskName("Mutate")]
[TaskDescription("Verifies 100,000 mutated signatures, keys and objects, or as many as --count says; --seed repeats a run's choices")]
public sealed class MutateTask : FrostingTask<BuildContext>
{
    private const string Project = "tests/CiCompliance.Cryptography.Tests";

    public override void Run(BuildContext context)
    {
        context.DotNet("build", Project, "-c", "Release", "-nologo", "-v", "quiet", "-clp:NoSummary");
        Environment.SetEnvironmentVariable("CICOMPLIANCE_MUTATIONS", context.Argument("count") ?? "100000");
        Environment.SetEnvironmentVariable("CICOMPLIANCE_MUTATION_SEED", context.Argument("seed"));
        var results = Directory.CreateDirectory(Path.Combine(context.Artifacts, "test-results"));
        var report = Path.Combine(results.FullName, "mutate.trx");
        File.Delete(report);
        var exitCode = ChildProcess.Run(Environment.ProcessPath!,
            ["test", Project, "-c", "Release", "--no-build", "--filter", "FullyQualifiedName~.Mutations.", "--logger", "console;verbosity=detailed", "--logger", $"trx;LogFileName={report}"],
            context.Root);

        // Skipped, or not found any more, is not passed.
        var outcome = File.Exists(report) ? TrxReport.Read(report).WithSkipsRefused() : TestOutcome.Nothing;
        outcome.Describe(context.PrintAtEnd);
        if (exitCode != 0 || !outcome.IsGood)
        {
            throw context.Stop(1, "a mutated input passed, failed to be refused in time, or was not tried; what it is stands above");
        }
    }
}
