using Cake.Frosting;
using CiCompliance.Cake;

namespace CiCompliance.Build.Tasks;

[TaskName("Project")]
[TaskDescription("Runs the main job on the repository named by --project; every further option goes to `cicompliance run`")]
[IsDependentOn(typeof(PublishTask))]
public sealed class ProjectTask : FrostingTask<BuildContext>
{
    public override bool ShouldRun(BuildContext context) => context.Project is not null;

    // As typed, and not by context.CiComplianceRun(): the tool refuses an option that it does not know.
    public override void Run(BuildContext context) => context.CiCompliance(["run", .. context.Invocation.ToolArguments]);
}
