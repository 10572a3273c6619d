using Cake.Core;
using Cake.Frosting;

namespace CiCompliance.Build;

/// <summary>What the tasks share: the folders, the arguments and the outcome.</summary>
public sealed class BuildContext(ICakeContext context, Invocation invocation, RunOutcome outcome) : FrostingContext(context)
{
    public Invocation Invocation { get; } = invocation;

    public RunOutcome Outcome { get; } = outcome;

    public string Root { get; } = invocation.Root;

    public string Artifacts { get; } = Path.Combine(invocation.Root, "artifacts");

    /// <summary>The published tool: <c>artifacts/tool/cicompliance</c>.</summary>
    public string Tool { get; } = Path.Combine(invocation.Root, "artifacts", "tool", OperatingSystem.IsWindows() ? "cicompliance.exe" : "cicompliance");

    /// <summary>A repository of the user's, or null: the quickstart.</summary>
    public string? Project => Argument("project");

    public static bool InCi => System.Environment.GetEnvironmentVariable("CI") == "true";

    public string? Argument(string name) => Arguments.GetArguments(name).LastOrDefault();

    /// <summary>Runs dotnet in this repository's folder, so that its global.json counts and not the caller's.</summary>
    /// <exception cref="CakeException">It failed.</exception>
    public void DotNet(params string[] arguments)
    {
        var exitCode = ChildProcess.Run(System.Environment.ProcessPath!, arguments, Root);
        if (exitCode != 0)
        {
            throw Outcome.Stop(3, $"dotnet {arguments[0]} failed with exit code {exitCode}; what it printed stands above");
        }
    }
}
