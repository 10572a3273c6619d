using Cake.Core;
using Cake.Frosting;

namespace CiCompliance.Cake.Tasks;

/// <summary>Every stage in one run of the tool: the same verdict, exit code and evidence as <c>cicompliance run</c>.</summary>
[TaskName("Run")]
[TaskDescription("Runs all stages and writes the evidence folder")]
public class RunTask : FrostingTask<ComplianceContext>
{
    /// <summary>Runs every stage.</summary>
    /// <param name="context">The context.</param>
    /// <exception cref="CakeException">Not compliant, not decided, or a stage's task is replaced: this run would pass it by (CIC0043).</exception>
    public override void Run(ComplianceContext context)
    {
        if (context.ReplacedTasks.Where(name => name != "Run").ToList() is { Count: > 0 } replaced)
        {
            var names = string.Join(", ", replaced);
            throw context.Stop(Refusal.Of(CakeDiagnostics.TaskName, "Run",
                new($"this build replaces {names}, which a run of all stages at once would pass by", $"本构建替换了 {names},一次运行全部阶段会绕过它"),
                new("Use the task Seal: it runs the stages one by one", "请使用任务 Seal:它逐个运行各阶段")));
        }

        context.CiComplianceRun();
    }
}
