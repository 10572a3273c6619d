using Cake.Frosting;

namespace CiCompliance.Build.Tasks;

[TaskName("Quickstart")]
[IsDependentOn(typeof(PublishTask))]
public sealed class QuickstartTask : FrostingTask<BuildContext>
{
    public override bool ShouldRun(BuildContext context) => context.Project is null;
}
