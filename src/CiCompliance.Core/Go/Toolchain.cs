using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using CiCompliance.Processes;

namespace CiCompliance.Go;

/// <summary>The go command of a run, as it describes itself.</summary>
/// <param name="Executable">Absolute path, of the go command.</param>
/// <param name="GoVersion">As printed, for example <c>go1.23.5</c>.</param>
/// <param name="CCompiler">The C compiler that cgo would call.</param>
public sealed record Toolchain(
    string Executable,
    string GoVersion,
    ToolchainVersion Version,
    string GoRoot,
    string ToolDirectory,
    BuildTarget Host,
    string CCompiler)
{
    // The programs that turn source into the binary. pkg/tool holds more, none of which writes to it.
    private static readonly string[] Tools = ["asm", "cgo", "compile", "link"];

    /// <exception cref="CiComplianceException">It does not run, is of an unknown version (CIC1201) or too old (CIC1202).</exception>
    public static async Task<Toolchain> ReadAsync(
        string executable, string directory, IReadOnlyDictionary<string, string> environment, IProcessRunner processes, CancellationToken cancellationToken)
    {
        var request = new ProcessRequest(executable, ["env", "-json", "GOVERSION", "GOROOT", "GOTOOLDIR", "GOHOSTOS", "GOHOSTARCH", "CC"], directory, environment)
        {
            Timeout = TimeSpan.FromMinutes(1),
            MaxOutputBytes = 1 << 20,
        };
        var result = await processes.RunAsync(request, cancellationToken);
        var values = result.ExitCode == 0 ? Parse(result.StandardOutput) : null;
        if (values is null || ToolchainVersion.TryParse(values.GetValueOrDefault("GOVERSION") ?? "") is not { } version
            || values.GetValueOrDefault("GOTOOLDIR") is not { Length: > 0 } tools)
        {
            throw Unusable(executable, new("go env does not say what it is", "go env 未给出版本信息"));
        }

        if (version < ToolchainVersion.Oldest)
        {
            throw new CiComplianceException(ToolchainDiagnostics.TooOld, executable,
                new($"{version} is older than {ToolchainVersion.Oldest}", $"{version} 低于 {ToolchainVersion.Oldest}"),
                new("Give a newer go command with --go", "请用 --go 指定更新的 go 命令"));
        }

        return new Toolchain(executable, values["GOVERSION"], version, values.GetValueOrDefault("GOROOT") ?? "", tools,
            new BuildTarget(values.GetValueOrDefault("GOHOSTOS") ?? "", values.GetValueOrDefault("GOHOSTARCH") ?? ""), values.GetValueOrDefault("CC") ?? "");
    }

    /// <summary>SHA-256 of the go command and of the tools it calls, by name. The standard library's sources are not covered.</summary>
    /// <exception cref="IOException">Reading failed.</exception>
    public IReadOnlyList<(string Name, string Sha256)> Digest()
    {
        var files = Tools.Select(tool => (Name: tool, Path: Path.Combine(ToolDirectory, tool))).Where(tool => File.Exists(tool.Path)).Prepend((Name: "go", Path: Executable)).ToArray();
        var digests = new (string, string)[files.Length];
        Parallel.For(0, files.Length, i =>
        {
            using var file = File.OpenRead(files[i].Path);
            digests[i] = (files[i].Name, Convert.ToHexStringLower(SHA256.HashData(file)));
        });
        return digests;
    }

    private static Dictionary<string, string>? Parse(byte[] json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, ToolchainContext.Default.DictionaryStringString);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static CiComplianceException Unusable(string origin, LocalizedText what) =>
        new(ToolchainDiagnostics.Unusable, origin, what, new("Run go env there by hand, or give another go command with --go", "请手动运行 go env,或用 --go 指定其他 go 命令"));
}

/// <summary>CIC120n: Go's build info and toolchain.</summary>
public static class ToolchainDiagnostics
{
    public static readonly Diagnostic NoBuildInfo = new("CIC1200", DiagnosticKind.Undecided, "The binary has no readable Go build information");
    public static readonly Diagnostic Unusable = new("CIC1201", DiagnosticKind.Usage, "The go command does not say what it is");
    public static readonly Diagnostic TooOld = new("CIC1202", DiagnosticKind.Usage, "The go command is too old");
}

[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class ToolchainContext : JsonSerializerContext;
