using System.Reflection;
using Cake.Frosting.Internal;
using Microsoft.Extensions.DependencyInjection;

namespace Cake.Frosting;

/// <summary>Composes Cake's engine with the tasks it finds, and runs one target.</summary>
public sealed class CakeHost
{
    private readonly ServiceCollection services = [];
    private readonly List<Assembly> assemblies = [];

    public CakeHost()
    {
        if (Assembly.GetEntryAssembly() is { } entry)
        {
            assemblies.Add(entry);
        }
    }

    /// <summary>Also looks for tasks there; the entry assembly's are always found.</summary>
    public CakeHost AddAssembly(Assembly assembly)
    {
        assemblies.Add(assembly);
        return this;
    }

    public CakeHost ConfigureServices(Action<IServiceCollection> services)
    {
        services(this.services);
        return this;
    }

    /// <summary>Runs <c>--target</c> (default: <c>Default</c>); every other option is in <see cref="Cake.Core.ICakeContext.Arguments"/>.</summary>
    /// <returns>0, or -1 for any failure.</returns>
    public int Run(IEnumerable<string> args) => HostRun.Execute(services, assemblies, args);
}
