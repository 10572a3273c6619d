using Cake.Core;
using Cake.Frosting;
using CiCompliance.Pipeline;
using Microsoft.Extensions.DependencyInjection;

namespace CiCompliance.Cake.Running;

/// <summary>Watches one run of a host: Cake says only that something failed (Frosting 6.0.0 returns -1 for every exception).</summary>
internal sealed class HostRun
{
    private readonly List<string> closing = [];
    private bool hasBegun;
    private int? stage;
    private int? other;

    /// <summary>The tasks that the host is to register. Cake asks for them once, before anything runs.</summary>
    /// <exception cref="CakeException">The context, or a task, is not what the stages need (CIC0043, CIC0044).</exception>
    public IEnumerable<IFrostingTask> Compose(IServiceProvider provider, IServiceCollection services)
    {
        if (provider.GetRequiredService<IFrostingContext>() is not ComplianceContext context)
        {
            throw Refusal.Of(CakeDiagnostics.Context, "CakeHost",
                new("its context is not a ComplianceContext", "其上下文不是 ComplianceContext"),
                new("Call UseContext<ComplianceContext>(), or derive your own context from it", "请调用 UseContext<ComplianceContext>(),或从它派生自己的上下文"));
        }

        context.CollectLines(closing);
        var engine = provider.GetRequiredService<ICakeEngine>();
        engine.BeforeSetup += (_, _) => hasBegun = true;
        engine.AfterTaskTeardown += (_, e) => Record(context, e.TaskTeardownContext.ThrownException);
        var tasks = services.Where(service => service.ServiceType == typeof(IFrostingTask)).DistinctBy(service => service.ImplementationType ?? (object)service)
            .Select(service => Create(provider, service)).ToList();
        context.ReplacedTasks = TaskReplacement.Apply(tasks);
        return tasks;
    }

    /// <summary>A stage's own refusal counts even where the build was told to go on after it; 1 is a verdict, so nothing unforeseen is 1.</summary>
    public int End(int hostExitCode)
    {
        closing.ForEach(Console.Out.WriteLine);
        return stage ?? (hostExitCode == 0 ? ExitCode.Compliant : other ?? (hasBegun ? ExitCode.Undecided : ExitCode.Usage));
    }

    private void Record(ComplianceContext context, Exception? thrown)
    {
        if (thrown is not null)
        {
            var cause = Cause(thrown);
            stage ??= context.ExitCodeOf(cause);
            other ??= cause is CakeException { ExitCode: ExitCode.Usage or ExitCode.Undecided or ExitCode.Cancelled } known ? known.ExitCode : ExitCode.Undecided;
        }
    }

    private static IFrostingTask Create(IServiceProvider provider, ServiceDescriptor service) => (IFrostingTask)(
        service.ImplementationInstance ?? service.ImplementationFactory?.Invoke(provider) ?? ActivatorUtilities.CreateInstance(provider, service.ImplementationType!));

    private static Exception Cause(Exception exception) => exception switch
    {
        AggregateException { InnerExceptions: [var one] } => Cause(one),
        CakeReportException { InnerException: { } inner } => Cause(inner),
        _ => exception,
    };
}
