using Cake.Core;
using Cake.Core.Annotations;
using CiCompliance.Cake.Running;

namespace CiCompliance.Cake;

/// <summary>Runs the tool from any task or script.</summary>
[CakeAliasCategory("CiCompliance")]
public static class CiComplianceAliases
{
    /// <summary>Runs <c>cicompliance</c> with these arguments, in Cake's working directory, judges its answer and prints it.</summary>
    /// <param name="context">The context; a <see cref="ComplianceContext"/> says which tool, and prints the answer last.</param>
    /// <param name="arguments">For example <c>verify</c>, <c>evidence</c>, …; never a secret.</param>
    /// <exception cref="CakeException">It did not end with 0 and an answer that says so; the exception has its exit code.</exception>
    [CakeMethodAlias]
    public static void CiCompliance(this ICakeContext context, params IEnumerable<string> arguments) =>
        CiCompliance(context, arguments, new Dictionary<string, string>());

    /// <summary>Runs <c>cicompliance</c> with these arguments and some variables beside the inherited ones.</summary>
    /// <param name="context">The context.</param>
    /// <param name="arguments">The arguments; never a secret.</param>
    /// <param name="variables">Environment variables by name; never a secret.</param>
    /// <exception cref="CakeException">It did not end with 0 and an answer that says so; the exception has its exit code.</exception>
    [CakeMethodAlias]
    public static void CiCompliance(this ICakeContext context, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> variables) =>
        new ToolRunner(context).Run([.. arguments], variables);

    /// <summary>Runs every stage, with the context's options.</summary>
    /// <param name="context">The context.</param>
    /// <exception cref="CakeException">It did not end with 0 and an answer that says so; the exception has its exit code.</exception>
    public static void CiComplianceRun(this ComplianceContext context) => context.CiCompliance(["run", .. context.Options.ToArguments()]);

    /// <summary>Runs one stage, with the context's options.</summary>
    /// <param name="context">The context.</param>
    /// <param name="stage">Its name, for example <c>source</c>.</param>
    /// <exception cref="CakeException">It did not end with 0 and an answer that says so; the exception has its exit code.</exception>
    public static void CiComplianceStage(this ComplianceContext context, string stage) =>
        context.CiCompliance(["run", "--stages=" + stage, .. context.Options.ToArguments().Where(argument => !argument.StartsWith("--stages=", StringComparison.Ordinal))]);
}
