using Cake.Frosting;
using CiCompliance.Cake.Running;
using Microsoft.Extensions.DependencyInjection;

namespace CiCompliance.Cake;

/// <summary>Runs a Frosting host so that exit codes keep their meaning and a task of the build's own can replace a stage's.</summary>
public static class ComplianceHost
{
    /// <summary>
    /// Runs the host: <c>new CakeHost().AddAssembly(typeof(ComplianceContext).Assembly).UseContext&lt;ComplianceContext&gt;().RunCompliance(args)</c>.
    /// </summary>
    /// <param name="host">The host, composed.</param>
    /// <param name="args">The command line.</param>
    /// <returns>
    /// 0 compliant, 1 not compliant (said by a stage alone), 2 usage, configuration or a missing prerequisite, 3 could not decide (any failure
    /// that nobody foresaw), 130 cancelled.
    /// </returns>
    public static int RunCompliance(this CakeHost host, IEnumerable<string> args)
    {
        var run = new HostRun();
        host.ConfigureServices(services => services.AddSingleton<IEnumerable<IFrostingTask>>(provider => run.Compose(provider, services)));
        return run.End(host.Run(args));
    }
}
