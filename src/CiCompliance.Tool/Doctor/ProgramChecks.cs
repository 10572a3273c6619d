using System.Text.RegularExpressions;
using CiCompliance.Policy;
using CiCompliance.Processes;
using CiCompliance.Tool.Hosting;
using CiCompliance.Tool.Inputs;
using CiCompliance.Tool.Output;

namespace CiCompliance.Tool.Doctor;

/// <summary>Programs that a run starts.</summary>
internal sealed partial class ProgramChecks(ToolHost host, IProcessRunner processes)
{
    private static readonly Version OldestGit = new(2, 36);
    private static readonly Version OldestGo = new(1, 19);

    // Below 1.23 Go links BIND_NOW only with a C compiler's linker.
    private static readonly Version BindNowSince = new(1, 23);

    private readonly string? path = host.Environment("PATH");

    public async Task<DoctorRow> GitAsync(CancellationToken cancellationToken)
    {
        LocalizedText fix = new($"Install git {OldestGit} or later", $"请安装 git {OldestGit} 或更高版本");
        if (ProgramPath.All("git", path) is not [var git, ..])
        {
            return new DoctorRow("git", DoctorStatus.Missing, true, new("not on PATH", "不在 PATH 中"), fix);
        }

        var version = VersionIn(await OutputOfAsync(git, ["--version"], cancellationToken));
        return version >= OldestGit
            ? new DoctorRow("git", DoctorStatus.Ok, true, Same($"{version} ({git})"), default)
            : new DoctorRow("git", DoctorStatus.Wrong, true, Same($"{version?.ToString() ?? "?"} ({git})"), fix);
    }

    /// <returns>A row, one more where PATH has several; and the version.</returns>
    public async Task<(IReadOnlyList<DoctorRow> Rows, Version? Version)> GoAsync(string? asked, string project, CancellationToken cancellationToken)
    {
        LocalizedText fix = new("Install Go from a source you trust, or name it with --go PATH", "请从可信来源安装 Go,或用 --go 指定路径");
        IReadOnlyList<string> all = asked is not null ? File.Exists(asked) ? [asked] : [] : ProgramPath.All("go", path);
        if (all.Count == 0)
        {
            return ([new DoctorRow("go", DoctorStatus.Missing, true, asked is null ? new("not on PATH", "不在 PATH 中") : new($"{asked} is no file", $"{asked} 不是文件"), fix)], null);
        }

        var go = all[0];
        var version = VersionIn(await OutputOfAsync(go, ["version"], cancellationToken));
        var wanted = GoProject.GoVersion(project) is { } line ? VersionIn(line) : null;
        List<DoctorRow> rows =
        [
            version < OldestGo || version is null
                ? new DoctorRow("go", DoctorStatus.Wrong, true, Same($"{version?.ToString() ?? "?"} ({go})"), new($"Use Go {OldestGo} or later", $"请使用 Go {OldestGo} 或更高版本"))
                // Toolchains are never fetched: GOTOOLCHAIN=local is pinned.
                : wanted > version
                    ? new DoctorRow("go", DoctorStatus.Wrong, true, new($"{version} ({go}), and go.mod asks for {wanted}", $"{version}({go}),而 go.mod 要求 {wanted}"),
                        new($"Install Go {wanted}; the run never downloads a toolchain", $"请安装 Go {wanted};运行时不会下载工具链"))
                    : new DoctorRow("go", DoctorStatus.Ok, true, Same($"{version} ({go})"), default),
        ];
        if (all.Count > 1)
        {
            rows.Add(new DoctorRow("go on PATH", DoctorStatus.Wrong, false, new($"several: {string.Join(", ", all)}", $"有多个:{string.Join("、", all)}"),
                new("Name the one you mean with --go PATH", "请用 --go 指定要使用的一个")));
        }

        return (rows, version);
    }

    public DoctorRow CCompiler(Version? go, CompliancePolicy? policy)
    {
        var isNeeded = policy?.Build.Cgo == true || go < BindNowSince;
        return ProgramPath.All("gcc", path) is [var gcc, ..]
            ? new DoctorRow("gcc", DoctorStatus.Ok, isNeeded, Same(gcc), default)
            : new DoctorRow("gcc", DoctorStatus.Missing, isNeeded, new("needed for cgo, and to link hardened programs with Go below 1.23", "cgo 以及用 1.23 以下的 Go 链接加固程序时需要"),
                new("Install gcc, or use Go 1.23 or later without cgo", "请安装 gcc,或使用 Go 1.23 及以上且不启用 cgo"));
    }

    public DoctorRow Gpg() => ProgramPath.All("gpg", path) is [var gpg, ..]
        ? new DoctorRow("gpg", DoctorStatus.Ok, false, Same(gpg), default)
        : new DoctorRow("gpg", DoctorStatus.Missing, false, new("only the quickstart uses it, to sign its commits", "仅快速入门用它为提交签名"), new("Install gnupg", "请安装 gnupg"));

    private async Task<string> OutputOfAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        // In "/" and with an own environment: a repository's or user's settings have no say in which version answers.
        var environment = new Dictionary<string, string>
        {
            ["PATH"] = path ?? "", ["HOME"] = "/nonexistent", ["GOENV"] = "off", ["GOTOOLCHAIN"] = "local", ["GOFLAGS"] = "", ["LC_ALL"] = "C",
        };
        try
        {
            var result = await processes.RunAsync(
                new ProcessRequest(program, arguments, "/", environment) { Timeout = TimeSpan.FromSeconds(5), MaxOutputBytes = 64 << 10 }, cancellationToken);
            return result.ExitCode == 0 ? result.Output : "";
        }
        catch (CiComplianceException)
        {
            // Not started or not ended: shown as a version that is not known, which is wrong.
            return "";
        }
    }

    private static Version? VersionIn(string text) =>
        VersionPattern().Match(text) is { Success: true } match && Version.TryParse(match.Value, out var version) ? version : null;

    private static LocalizedText Same(string text) => new(SafeText.Line(text), SafeText.Line(text));

    [GeneratedRegex(@"[0-9]{1,4}\.[0-9]{1,4}(\.[0-9]{1,6})?")]
    private static partial Regex VersionPattern();
}
