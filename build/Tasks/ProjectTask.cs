using Cake.Frosting;

namespace CiCompliance.Build.Tasks;

[TaskName("Project")]
[TaskDescription("Runs the main job on the repository named by --project; every further option goes to `cicompliance run`")]
[IsDependentOn(typeof(PublishTask))]
public sealed class ProjectTask : FrostingTask<BuildContext>
{
    public override bool ShouldRun(BuildContext context) => context.Project is not null;

    public override void Run(BuildContext context)
    {
        var (exitCode, answer) = ChildProcess.RunForAnswer(context.Tool, ["run", .. context.Invocation.ToolArguments]);
        context.Outcome.AddRange(ToolAnswer.Lines(answer, context.Tool));
        if (exitCode != 0)
        {
            throw context.Outcome.Stop(exitCode, $"cicompliance run ended with exit code {exitCode}");
        }
    }
}
