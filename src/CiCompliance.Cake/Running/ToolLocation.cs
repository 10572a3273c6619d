using CiCompliance.Pipeline;

namespace CiCompliance.Cake.Running;

/// <summary>An explicit path, then the dotnet tool manifest, then PATH. A place that is named and empty is an error, never a reason to look on.</summary>
internal static class ToolLocation
{
    private const string Name = "cicompliance";

    private static readonly LocalizedText Install = new(
        "Install it with dotnet tool install --create-manifest-if-needed CiCompliance.Tool, or name it by --tool or CICOMPLIANCE_TOOL",
        "请运行 dotnet tool install --create-manifest-if-needed CiCompliance.Tool 安装,或用 --tool 或 CICOMPLIANCE_TOOL 指定");

    /// <exception cref="global::Cake.Core.CakeException">It is in none of these places (CIC0040).</exception>
    public static ToolCommand Find(string? path, string workingDirectory)
    {
        if ((path ?? Environment.GetEnvironmentVariable("CICOMPLIANCE_TOOL")) is { Length: > 0 } named)
        {
            var full = Path.GetFullPath(named, workingDirectory);
            return File.Exists(full) ? Program(full) : throw Refusal.Of(CakeDiagnostics.NoTool, full, new("there is no such file", "没有该文件"), Install);
        }

        return ToolManifest.Find(Name, workingDirectory) is { } manifest ? FromManifest(manifest, workingDirectory)
            : OnPath() is { } program ? Program(program)
            : throw Refusal.Of(CakeDiagnostics.NoTool, Name,
                new("it is in no dotnet tool manifest from here upwards and not on PATH", "向上各级目录的 dotnet 工具清单和 PATH 中都没有"), Install);
    }

    private static ToolCommand Program(string path) => new(path, [], path);

    // For a tool that is not restored dotnet ends with 1, which would pass for a verdict.
    private static ToolCommand FromManifest(string manifest, string workingDirectory)
    {
        var tool = new ToolCommand(DotNet, ["tool", "run", Name, "--"], $"dotnet tool run {Name} --");
        var (exitCode, version) = ToolProcess.Run(tool, ["--version"], workingDirectory, new Dictionary<string, string>(), []);
        return exitCode switch
        {
            ExitCode.Compliant when version.Trim().Length > 0 => tool,
            ExitCode.Cancelled => throw new global::Cake.Core.CakeException(ExitCode.Cancelled, "cancelled"),
            _ => throw Refusal.Of(CakeDiagnostics.NoTool, manifest,
                new("it names the tool, but dotnet tool run does not start it", "清单列出了该工具,但 dotnet tool run 无法启动它"),
                new("Run dotnet tool restore", "请运行 dotnet tool restore")),
        };
    }

    // The dotnet that runs this build, where it is one.
    private static string DotNet =>
        Environment.ProcessPath is { } process && Path.GetFileNameWithoutExtension(process) == "dotnet" ? process : "dotnet";

    private static string? OnPath() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Where(Path.IsPathFullyQualified)
        .SelectMany(folder => OperatingSystem.IsWindows() ? [Path.Combine(folder, Name + ".exe")] : new[] { Path.Combine(folder, Name) })
        .FirstOrDefault(File.Exists);
}
