using System.Text.Json;
using System.Text.Json.Serialization;
using CiCompliance.Processes;

namespace CiCompliance.Go;

/// <summary>The go command that a run uses.</summary>
/// <param name="Executable">Absolute path as found; <paramref name="RealPath"/> is the file behind its links.</param>
/// <param name="Version">GOVERSION, for example <c>go1.23.5</c>.</param>
public sealed record GoCommand(string Executable, string RealPath, string Version, string Goroot, int Minor)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>The chosen go command, or the first on PATH. One that lies in the repository is refused before it runs.</summary>
    /// <param name="emptyDirectory">Where it is asked, so that no go.mod speaks; its HOME too.</param>
    /// <exception cref="CiComplianceException">Missing, older than 1.19, in the repository, or without answer.</exception>
    public static async Task<GoCommand> LocateAsync(
        IProcessRunner processes, string? chosen, string projectDirectory, IReadOnlyDictionary<string, string> ambient, string emptyDirectory, CancellationToken cancellationToken)
    {
        var executable = chosen ?? OnPath(ambient).FirstOrDefault() ?? throw Missing("go", "no go command is on PATH", "PATH 中没有 go 命令");
        if (!File.Exists(executable))
        {
            throw Missing(executable, "there is no such file", "文件不存在");
        }

        var real = Go.RealPath.Of(executable);
        var project = Go.RealPath.Of(projectDirectory);
        if (Go.RealPath.IsInside(real, project) || Go.RealPath.IsInside(executable, project))
        {
            throw new CiComplianceException(GoEnvironmentDiagnostics.GoInTree, executable,
                new("this go command lies in the repository that it would build", "该 go 命令位于待构建的仓库之内"),
                new("Use the installed go command: correct PATH or the option --go", "请使用已安装的 go 命令:修正 PATH 或 --go 选项"));
        }

        WorkTree.CreateHome(emptyDirectory);
        var minimal = new Dictionary<string, string>
        {
            ["PATH"] = "/usr/bin:/bin", ["HOME"] = emptyDirectory, ["GOENV"] = "off", ["GOTOOLCHAIN"] = "local", ["GOWORK"] = "off", ["LC_ALL"] = "C.UTF-8",
        };
        var values = await EnvAsync(processes, executable, emptyDirectory, minimal, ["GOVERSION", "GOROOT"], cancellationToken);
        var version = values["GOVERSION"];
        return ToolchainVersion.TryParse(version) is not { Major: 1 } release
            ? throw new CiComplianceException(GoEnvironmentDiagnostics.GoFailed, executable,
                new($"its version '{Redaction.Url(version)}' is not of a release", $"其版本 '{Redaction.Url(version)}' 不是正式发布版"), new("Use a released Go", "请使用正式发布的 Go"))
            : release >= ToolchainVersion.Oldest
                ? new(executable, real, version, values["GOROOT"], release.Minor)
                : throw new CiComplianceException(GoEnvironmentDiagnostics.GoTooOld, executable,
                    new($"{version} is older than {ToolchainVersion.Oldest}", $"{version} 早于 {ToolchainVersion.Oldest}"), Install);
    }

    /// <summary>Every go command on PATH, in order; relative folders of PATH are skipped, as the go command itself refuses them.</summary>
    internal static IEnumerable<string> OnPath(IReadOnlyDictionary<string, string> ambient) =>
        (ambient.GetValueOrDefault("PATH") ?? "").Split(':').Where(Path.IsPathFullyQualified).Select(folder => Path.Combine(folder, "go")).Where(IsExecutable);

    /// <summary>Asks <c>go env -json</c> for these names only: asking for all would run the C compiler that the environment names.</summary>
    internal static async Task<Dictionary<string, string>> EnvAsync(
        IProcessRunner processes, string executable, string directory, IReadOnlyDictionary<string, string> environment, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var result = await processes.RunAsync(
            new(executable, ["env", "-json", .. names], directory, environment) { Timeout = Patience, MaxOutputBytes = 1 << 20 }, cancellationToken);
        if (result.ExitCode != 0)
        {
            throw Failed(executable, $"go env ended with {result.ExitCode}: {FirstLines(result.Error)}");
        }

        try
        {
            var values = JsonSerializer.Deserialize(result.StandardOutput, GoOutputContext.Default.DictionaryStringString) ?? [];
            return names.All(name => values.GetValueOrDefault(name) is not null) ? values : throw Failed(executable, "go env left out a variable");
        }
        catch (JsonException e)
        {
            throw Failed(executable, $"go env printed no JSON ({e.Message})");
        }
    }

    /// <summary>A program's own words, short enough for a message and without secrets.</summary>
    internal static string FirstLines(string text)
    {
        var lines = Redaction.Url(text).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Take(6);
        return SafeText.Line(string.Join(" / ", lines), 800);
    }

    private static bool IsExecutable(string file) =>
        File.Exists(file) && (File.GetUnixFileMode(file) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0;

    private static LocalizedText Install => new(
        "Install Go 1.19 or later (apt-get install golang-go, or the archive of go.dev/dl) and put its bin folder on PATH, or name it with --go",
        "请安装 Go 1.19 或更高版本(apt-get install golang-go,或 go.dev/dl 的压缩包),将其 bin 目录加入 PATH,或用 --go 指定");

    private static CiComplianceException Missing(string origin, string what, string whatZh) => new(GoEnvironmentDiagnostics.GoMissing, origin, new(what, whatZh), Install);

    private static CiComplianceException Failed(string executable, string what) => new(GoEnvironmentDiagnostics.GoFailed, executable,
        new(what, $"go env 没有给出结果:{what}"), new("Run go env there by hand and correct what it names", "请在该处手动运行 go env 并修正其指出的问题"));
}

[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class GoOutputContext : JsonSerializerContext;
