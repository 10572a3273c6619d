using Cake.Frosting;

namespace CiCompliance.Build.Tasks;

[TaskName("Benchmark")]
[TaskDescription("Measures the published tool and prints what was measured")]
[IsDependentOn(typeof(PublishTask))]
[IsDependentOn(typeof(PackTask))]
public sealed class BenchmarkTask : FrostingTask<BuildContext>
{
    public override void Run(BuildContext context) =>
        context.DotNet("run", "--project", "tests/CiCompliance.Benchmarks", "-c", "Release", "--", context.Tool);
}
