using CiCompliance.Evidence;

namespace CiCompliance.Tool.Hosting;

/// <summary>The words that start this tool again when they are typed: a name only where PATH leads to this very program.</summary>
internal static class ToolCommand
{
    /// <param name="process">The running program: the tool's executable, or dotnet.</param>
    /// <param name="folder">Where the tool's assemblies lie.</param>
    /// <param name="path">PATH.</param>
    public static IReadOnlyList<string> Of(string process, string folder, string? path) =>
        Path.GetFileName(process) == "dotnet" ? [Shortest(process, path), Path.Combine(folder, "cicompliance.dll")] : [Shortest(process, path)];

    private static string Shortest(string process, string? path)
    {
        var name = Path.GetFileName(process);
        var found = (path ?? "").Split(':').Where(Path.IsPathFullyQualified).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        return found is not null && LinkTrail.RealPath(found) == LinkTrail.RealPath(process) ? name : process;
    }
}
