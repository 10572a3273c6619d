using System.Collections;
using System.Text;
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

    /// <summary>Runs a program in this repository's folder and gives what it answers, trimmed.</summary>
    /// <exception cref="CakeException">It failed.</exception>
    public string Ask(string fileName, params string[] arguments)
    {
        var environment = System.Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(pair => (string)pair.Key, pair => (string?)pair.Value ?? "");
        return Encoding.UTF8.GetString(ChildProcess.Capture(fileName, arguments, Root, environment)).Trim();
    }
}
