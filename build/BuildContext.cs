using Cake.Core;
using CiCompliance.Cake;

namespace CiCompliance.Build;

/// <summary>What the tasks share: the folders and the arguments.</summary>
public sealed class BuildContext : ComplianceContext
{
    public BuildContext(ICakeContext context, Invocation invocation)
        : base(context)
    {
        Invocation = invocation;
        Artifacts = Path.Combine(invocation.Root, "artifacts");
        Options.Tool = Tool = Path.Combine(Artifacts, "tool", OperatingSystem.IsWindows() ? "cicompliance.exe" : "cicompliance");
    }

    public Invocation Invocation { get; }

    public string Root => Invocation.Root;

    public string Artifacts { get; }

    /// <summary>The published tool: <c>artifacts/tool/cicompliance</c>.</summary>
    public string Tool { get; }

    /// <summary>A repository of the user's, or null: the quickstart.</summary>
    public string? Project => Options.Project;

    public static bool InCi => System.Environment.GetEnvironmentVariable("CI") == "true";

    public string? Argument(string name) => Arguments.GetArguments(name).LastOrDefault();

    /// <summary>Runs dotnet in this repository's folder, so that its global.json counts and not the caller's.</summary>
    /// <exception cref="CakeException">It failed.</exception>
    public void DotNet(params string[] arguments)
    {
        var exitCode = ChildProcess.Run(System.Environment.ProcessPath!, arguments, Root);
        if (exitCode != 0)
        {
            throw Stop(3, $"dotnet {arguments[0]} failed with exit code {exitCode}; what it printed stands above");
        }
    }
}
