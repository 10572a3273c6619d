using Cake.Frosting;
using CiCompliance.Cake;
using CiCompliance.Build.Quickstart;

namespace CiCompliance.Build.Tasks;

[TaskName("Quickstart")]
[TaskDescription("Runs the main job on a Go service in a scratch repository, with keys made for this run")]
[IsDependentOn(typeof(PublishTask))]
public sealed class QuickstartTask : FrostingTask<BuildContext>
{
    public override bool ShouldRun(BuildContext context) => context.Project is null;

    public override void Run(BuildContext context)
    {
        var run = new QuickstartRun(context.Root, Path.Combine(context.Artifacts, "quickstart"))
        {
            GoCache = Path.Combine(context.Artifacts, "cache", "go-build"),
            Go = context.Argument("go"),
        };
        run.Execute(context.CiCompliance);
    }
}
