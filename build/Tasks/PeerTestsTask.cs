using Cake.Frosting;
using CiCompliance.Build.Testing;

namespace CiCompliance.Build.Tasks;

[TaskName("PeerTests")]
[TaskDescription("Runs the tests against real programs of others and prints their commands and answers; --tests=Core takes some projects only")]
[IsDependentOn(typeof(PublishTask))]
public sealed class PeerTestsTask : AsyncFrostingTask<BuildContext>
{
    private const string Filter = "TestCategory=Peer";

    public override async Task RunAsync(BuildContext context)
    {
        TestTask.BuildSolution(context);
        Environment.SetEnvironmentVariable("CICOMPLIANCE_TOOL", context.Tool);
        var results = Path.Combine(context.Artifacts, "peer-test-results");
        var outcome = await TestRun.OfProjects(context.Root, context.Argument("tests"), Filter).ExecuteAsync(results, Console.Out);
        foreach (var report in Directory.EnumerateFiles(results, "*.trx").Order(StringComparer.Ordinal))
        {
            foreach (var (test, output) in TrxReport.ReadOutputs(report))
            {
                await Console.Out.WriteLineAsync($"=== {test}\n{output}\n");
            }
        }

        // build.sh has installed what there is: a test without its peer compared nothing.
        outcome = outcome.WithSkipsRefused();
        outcome.Describe(context.PrintAtEnd);
        if (!outcome.IsGood)
        {
            throw context.Stop(1, "the tests against other programs did not pass");
        }
    }
}
