using Cake.Core;
using Cake.Core.Configuration;
using Cake.Core.Diagnostics;
using Cake.Core.IO;
using Cake.Core.Packaging;
using Cake.Core.Tooling;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Cake.Frosting.Internal;

/// <summary>Cake.Core's own implementations, unless the application registered others.</summary>
internal static class EngineServices
{
    public static void AddTo(ServiceCollection services, CakeArguments arguments)
    {
        var verbosity = VerbosityOf(arguments);
        services.TryAddSingleton<ICakeArguments>(arguments);
        services.TryAddSingleton<ICakePlatform, CakePlatform>();
        services.TryAddSingleton<ICakeRuntime, CakeRuntime>();
        services.TryAddSingleton<ICakeEnvironment, CakeEnvironment>();
        services.TryAddSingleton<IConsole, CakeConsole>();
        services.TryAddSingleton<ICakeLog>(provider => new CakeBuildLog(provider.GetRequiredService<IConsole>(), verbosity));
        services.TryAddSingleton<IFileSystem, FileSystem>();
        services.TryAddSingleton<IGlobber, Globber>();
        services.TryAddSingleton<ICakeConfiguration>(new CakeConfiguration(new Dictionary<string, string>()));
        services.TryAddSingleton<IToolRepository, ToolRepository>();
        services.TryAddSingleton<IToolResolutionStrategy, ToolResolutionStrategy>();
        services.TryAddSingleton<IToolLocator, ToolLocator>();
        services.TryAddSingleton<IToolInstaller, RefusingToolInstaller>();
        services.TryAddSingleton<IProcessRunner, ProcessRunner>();
        services.TryAddSingleton<IRegistry, WindowsRegistry>();
        services.TryAddSingleton<ICakeDataService, CakeDataService>();
        services.TryAddSingleton<ICakeContext, CakeContext>();
        services.TryAddSingleton<ICakeEngine, CakeEngine>();
        services.TryAddSingleton<ICakeReportPrinter, CakeReportPrinter>();
        services.TryAddSingleton<IFrostingContext>(provider => new FrostingContext(provider.GetRequiredService<ICakeContext>()));
    }

    private static Verbosity VerbosityOf(CakeArguments arguments)
    {
        var name = arguments.GetArguments("verbosity").LastOrDefault();
        return name is null ? Verbosity.Normal
            : Enum.TryParse<Verbosity>(name, ignoreCase: true, out var verbosity) && Enum.IsDefined(verbosity) ? verbosity
            : throw new CakeException(2, $"'{name}' is no verbosity. Use Quiet, Minimal, Normal, Verbose or Diagnostic");
    }

    private sealed class RefusingToolInstaller : IToolInstaller
    {
        public IEnumerable<FilePath> Install(PackageReference tool) =>
            throw new CakeException(2, $"the stand-in installs no tools ({tool.Package}). Install it before the build");
    }
}
