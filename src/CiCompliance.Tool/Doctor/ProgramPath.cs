namespace CiCompliance.Tool.Doctor;

/// <summary>Looks programs up on PATH.</summary>
internal static class ProgramPath
{
    /// <summary>Every one of that name, in PATH's order; links to the same file count once.</summary>
    public static IReadOnlyList<string> All(string name, string? path) =>
        [.. (path ?? "").Split(':').Where(Path.IsPathFullyQualified).Distinct().Select(folder => Path.Combine(folder, name)).Where(IsExecutable)
            .DistinctBy(file => File.ResolveLinkTarget(file, returnFinalTarget: true)?.FullName ?? file)];

    private static bool IsExecutable(string file) =>
        File.Exists(file) && (File.GetUnixFileMode(file) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0;
}
