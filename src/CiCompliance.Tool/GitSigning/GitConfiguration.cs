using System.Text;
using CiCompliance.Tool.Doctor;

namespace CiCompliance.Tool.GitSigning;

/// <summary>The configuration of a clone, read and written by git itself: includes, scopes and worktrees mean what they mean to git.</summary>
internal sealed class GitConfiguration(GitSigningParts parts, string directory)
{
    public const string SignKey = "cicompliance.signKey";
    public const string SignCertificate = "cicompliance.signCertificate";
    public const string SignPassphrase = "cicompliance.signPassphrase";
    public const string Trust = "cicompliance.trust";
    public const string Repository = "cicompliance.repository";

    /// <summary>The product's own settings by lower-case name; <c>~/</c> stands for the home folder.</summary>
    public async Task<IReadOnlyDictionary<string, string>> ReadOwnAsync(CancellationToken cancellationToken)
    {
        var settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var item in (await TryRunAsync(["config", "--null", "--type=path", "--get-regexp", @"^cicompliance\."], cancellationToken) ?? "").Split('\0'))
        {
            if (item.Split('\n', 2) is [var name, var value])
            {
                settings[name] = value;
            }
        }

        return settings;
    }

    /// <summary>Null where it is not set.</summary>
    public async Task<string?> ReadAsync(string name, CancellationToken cancellationToken) =>
        (await TryRunAsync(["config", "--null", "--get", name], cancellationToken))?.TrimEnd('\0') is { Length: > 0 } value ? value : null;

    /// <summary>In this clone alone.</summary>
    public async Task SetAsync(string name, string value, CancellationToken cancellationToken) => await RunAsync(["config", "--local", name, value], cancellationToken);

    /// <summary>The folder that all worktrees of the clone share.</summary>
    public async Task<string> CommonDirectoryAsync(CancellationToken cancellationToken) =>
        (await RunAsync(["rev-parse", "--path-format=absolute", "--git-common-dir"], cancellationToken)).TrimEnd('\n');

    private async Task<string> RunAsync(string[] arguments, CancellationToken cancellationToken) =>
        await TryRunAsync(arguments, cancellationToken) ?? throw Refused(new($"git {arguments[0]} gave no answer", $"git {arguments[0]} 没有给出结果"));

    /// <summary>Null where git says that there is no such thing (exit code 1).</summary>
    private async Task<string?> TryRunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var git = ProgramPath.All("git", parts.Environment.GetValueOrDefault("PATH")) is [var first, ..] ? first
            : throw Refused(new("there is no git on PATH", "PATH 中没有 git"));
        var result = await parts.Processes.RunAsync(
            new(git, arguments, directory, parts.Environment) { Timeout = TimeSpan.FromSeconds(30), MaxOutputBytes = 1 << 20 }, cancellationToken);
        return result.ExitCode switch
        {
            0 => new UTF8Encoding(false, throwOnInvalidBytes: false).GetString(result.StandardOutput),
            1 => null,
            _ => throw Refused(new($"git {arguments[0]} failed: {result.Error.Trim()}", $"git {arguments[0]} 失败:{result.Error.Trim()}")),
        };
    }

    private CiComplianceException Refused(LocalizedText what) =>
        new(ToolDiagnostics.GitRefused, directory, what, new("Run it in a git repository whose configuration you may write", "请在可写配置的 git 仓库中运行"));
}
