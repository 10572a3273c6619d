using System.Reflection;
using Cake.Core;
using Cake.Core.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace Cake.Frosting.Internal;

internal static class HostRun
{
    private const int Failed = -1;

    public static int Execute(ServiceCollection services, IEnumerable<Assembly> assemblies, IEnumerable<string> args)
    {
        CakeArguments arguments;
        try
        {
            arguments = ArgumentParser.Parse(args);
            EngineServices.AddTo(services, arguments);
        }
        catch (CakeException e)
        {
            Console.Error.WriteLine($"Error: {e.Message}");
            return Failed;
        }

        foreach (var task in TaskRegistration.FindTasks(assemblies))
        {
            services.AddSingleton(typeof(IFrostingTask), task);
        }

        using var provider = services.BuildServiceProvider();
        try
        {
            EnterWorkingDirectory(provider);
            Run(provider, arguments.GetArguments("target").DefaultIfEmpty("Default"));
            return 0;
        }
        catch (Exception e) when (Log(e, provider))
        {
            return Failed;
        }
    }

    private static void EnterWorkingDirectory(ServiceProvider provider)
    {
        if (provider.GetService<WorkingDirectory>() is { } directory)
        {
            var environment = provider.GetRequiredService<ICakeEnvironment>();
            environment.WorkingDirectory = directory.Path.MakeAbsolute(environment);
        }
    }

    private static void Run(ServiceProvider provider, IEnumerable<string> targets)
    {
        var context = provider.GetRequiredService<IFrostingContext>();
        var engine = provider.GetRequiredService<ICakeEngine>();
        foreach (var task in provider.GetServices<IFrostingTask>())
        {
            TaskRegistration.Register(engine, task, context);
        }

        var printer = provider.GetRequiredService<ICakeReportPrinter>();
        var strategy = new DefaultExecutionStrategy(context.Log, printer);
        var settings = new ExecutionSettings().SetTargets(targets);
        printer.Write(engine.RunTargetAsync(context, strategy, settings).GetAwaiter().GetResult());
    }

    private static bool Log(Exception e, ServiceProvider provider)
    {
        provider.GetRequiredService<ICakeLog>().Error("{0}", Cause(e).Message);
        return true;
    }

    // The engine wraps what a task threw, sometimes twice.
    private static Exception Cause(Exception e) => e switch
    {
        CakeReportException { InnerException: { } inner } => Cause(inner),
        AggregateException { InnerExceptions.Count: 1 } one => Cause(one.InnerExceptions[0]),
        _ => e,
    };
}
