using Cake.Core;
using Cake.Frosting;
using CiCompliance.Pipeline;

namespace CiCompliance.Cake.Tasks;

/// <summary>
/// A task that is one stage of <see cref="StageCatalog"/>, run by the tool. To replace one, derive from it and give the class the same
/// <see cref="TaskNameAttribute"/>: the dependencies come along.
/// </summary>
/// <param name="stage">The stage's name.</param>
public abstract class StageTask(string stage) : FrostingTask<ComplianceContext>
{
    /// <summary>The stage's name, as in <c>--stages</c>.</summary>
    public string Stage { get; } = stage;

    /// <summary>Runs the stage; where it refuses, the report is written all the same.</summary>
    /// <param name="context">The context.</param>
    /// <exception cref="CakeException">The stage did not pass.</exception>
    public override void Run(ComplianceContext context)
    {
        try
        {
            context.CiComplianceStage(Stage);
        }
        catch (CakeException e) when (e.ExitCode is ExitCode.NotCompliant or ExitCode.Undecided && !StageCatalog.All[StageCatalog.IndexOf(Stage)].Always)
        {
            Report(context);
            throw;
        }
    }

    private static void Report(ComplianceContext context)
    {
        foreach (var stage in StageCatalog.All.Where(stage => stage.Always))
        {
            try
            {
                context.CiComplianceStage(stage.Name);
            }
            catch (CakeException e) when (e.ExitCode != ExitCode.Cancelled)
            {
                // The tool has said why; what ends the task is the stage's own refusal.
            }
        }
    }
}
