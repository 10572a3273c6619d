using Cake.Core.Diagnostics;
using Cake.Frosting;
using CiCompliance.Build.Testing;

namespace CiCompliance.Build.Tasks;

[TaskName("Test")]
[TaskDescription("Builds everything and runs every test; --tests=Core,Git takes some projects only")]
[IsDependentOn(typeof(PublishTask))]
public sealed class TestTask : AsyncFrostingTask<BuildContext>
{
    public override async Task RunAsync(BuildContext context)
    {
        BuildSolution(context);
        Environment.SetEnvironmentVariable("CICOMPLIANCE_TOOL", context.Tool);
        var run = TestRun.OfProjects(context.Root, context.Argument("tests"), context.Argument("filter"));
        if (run.Has("CiCompliance.PackageTests"))
        {
            PackTask.Pack(context);
            Environment.SetEnvironmentVariable("CICOMPLIANCE_PACKAGES", PackTask.FolderOf(context));
        }

        var outcome = await run.ExecuteAsync(Path.Combine(context.Artifacts, "test-results"), Console.Out);
        if (BuildContext.InCi)
        {
            outcome = outcome.WithSkipsRefused();
        }

        outcome.Describe(context.PrintAtEnd);
        if (!outcome.IsGood)
        {
            throw context.Stop(1, "the tests did not pass");
        }
    }

    internal static void BuildSolution(BuildContext context)
    {
        var stamp = SourceStamp.Of(Path.Combine(context.Artifacts, "stamps", "solution"), context.Root,
            [.. PublishTask.Sources, "CiCompliance.sln", "build", "tests"], output: null, Environment.Version.ToString());
        if (stamp.IsCurrent)
        {
            context.Log.Information("The solution is up to date");
            return;
        }

        stamp.Clear();
        context.DotNet("build", "CiCompliance.sln", "-c", "Release", "-nologo", "-v", "minimal");
        stamp.Write();
    }
}
