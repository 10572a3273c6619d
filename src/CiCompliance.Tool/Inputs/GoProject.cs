using System.Text;

namespace CiCompliance.Tool.Inputs;

/// <summary>What a Go project's files say about it, for <c>init</c> and <c>doctor</c>: a convenience, never evidence.</summary>
internal static class GoProject
{
    private const int MaxBytes = 1 << 20;
    private const int MaxFiles = 2000;

    public static string? ModulePath(string project) =>
        Lines(Path.Combine(project, "go.mod")).Select(line => line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries))
            .FirstOrDefault(words => words is ["module", _, ..])?[1].Trim('"');

    /// <summary>The version of the <c>go</c> line.</summary>
    public static string? GoVersion(string project) =>
        Lines(Path.Combine(project, "go.mod")).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .FirstOrDefault(words => words is ["go", _, ..])?[1];

    /// <summary>The module path without a major version suffix: the repository, in the usual case.</summary>
    public static string RepositoryOf(string module)
    {
        var at = module.LastIndexOf('/');
        return at > 0 && module.AsSpan(at + 1) is ['v', _, ..] suffix && !suffix[1..].ContainsAnyExceptInRange('0', '9') ? module[..at] : module;
    }

    /// <summary><c>./cmd/app</c>, and <c>.</c> where the top is a main package.</summary>
    public static IReadOnlyList<string> MainPackages(string project)
    {
        var commands = Path.Combine(project, "cmd");
        var folders = Directory.Exists(commands)
            ? Directory.EnumerateDirectories(commands).Take(MaxFiles).Order(StringComparer.Ordinal).Select(folder => (folder, Name: "./cmd/" + Path.GetFileName(folder)))
            : [];
        return [.. folders.Prepend((project, ".")).Where(entry => IsMain(entry.Item1)).Select(entry => entry.Item2)];
    }

    private static bool IsMain(string folder) => Directory.EnumerateFiles(folder, "*.go").Take(MaxFiles)
        .Where(file => !file.EndsWith("_test.go", StringComparison.Ordinal))
        .Any(file => Lines(file).Any(line => line.TrimEnd() == "package main"));

    private static IReadOnlyList<string> Lines(string path)
    {
        try
        {
            return File.Exists(path) ? Encoding.UTF8.GetString(OutsideFile.Read(path, MaxBytes)).Split('\n', StringSplitOptions.TrimEntries) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
