using System.Reflection;
using CiCompliance.Testing;

namespace CiCompliance.Architecture.Tests;

/// <summary>The built assemblies of src/CiCompliance.* and this repository's folder.</summary>
internal static class Product
{
    public static string Root { get; } = Path.GetFullPath(TestVectors.PathOf("..", ".."));

    public static IReadOnlyList<Assembly> Assemblies { get; } =
        [.. Directory.EnumerateFiles(Path.Combine(Root, "src"), "CiCompliance.*.csproj", SearchOption.AllDirectories)
            .Select(project => Path.GetFileNameWithoutExtension(project))
            .Select(name => Assembly.LoadFrom(Path.Combine(AppContext.BaseDirectory, FileOf(name))))];

    // The tool's assembly has the name of its command.
    private static string FileOf(string project) => project == "CiCompliance.Tool" ? "cicompliance.dll" : project + ".dll";
}
