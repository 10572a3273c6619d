using System.Security.Cryptography;
using CiCompliance.Processes;

namespace CiCompliance.Go;

/// <summary>What the go command of a run builds with, as it says in the very environment of the build; <see cref="GoCommand"/> is how it was found.</summary>
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
    private static readonly string[] Asked = ["GOVERSION", "GOROOT", "GOTOOLDIR", "GOHOSTOS", "GOHOSTARCH", "CC"];

    // The programs that turn source into the binary. pkg/tool holds more, none of which writes to it.
    private static readonly string[] Tools = ["asm", "cgo", "compile", "link"];

    /// <exception cref="CiComplianceException">It does not answer (CIC0052), is of an unknown version (CIC1201) or too old (CIC1202).</exception>
    public static async Task<Toolchain> ReadAsync(
        string executable, string directory, IReadOnlyDictionary<string, string> environment, IProcessRunner processes, CancellationToken cancellationToken)
    {
        var values = await GoCommand.EnvAsync(processes, executable, directory, environment, Asked, cancellationToken);
        if (ToolchainVersion.TryParse(values["GOVERSION"]) is not { Major: 1 } version || values["GOTOOLDIR"].Length == 0)
        {
            throw new CiComplianceException(ToolchainDiagnostics.Unusable, executable,
                new("go env names no released version, or no folder of tools", "go env 未给出正式版本或工具目录"),
                new("Run go env there by hand, or give another go command with --go", "请手动运行 go env,或用 --go 指定其他 go 命令"));
        }

        if (version < ToolchainVersion.Oldest)
        {
            throw new CiComplianceException(ToolchainDiagnostics.TooOld, executable,
                new($"{version} is older than {ToolchainVersion.Oldest}", $"{version} 低于 {ToolchainVersion.Oldest}"),
                new("Give a newer go command with --go", "请用 --go 指定更新的 go 命令"));
        }

        return new Toolchain(executable, values["GOVERSION"], version, values["GOROOT"], values["GOTOOLDIR"],
            new BuildTarget(values["GOHOSTOS"], values["GOHOSTARCH"]), values["CC"]);
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
}

/// <summary>CIC120n: Go's build info and toolchain.</summary>
public static class ToolchainDiagnostics
{
    public static readonly Diagnostic NoBuildInfo = new("CIC1200", DiagnosticKind.Undecided, "The binary has no readable Go build information");
    public static readonly Diagnostic Unusable = new("CIC1201", DiagnosticKind.Usage, "The go command does not say what it is");
    public static readonly Diagnostic TooOld = new("CIC1202", DiagnosticKind.Usage, "The go command is too old");
}
