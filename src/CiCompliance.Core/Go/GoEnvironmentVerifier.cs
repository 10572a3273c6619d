using CiCompliance.Pipeline;
using CiCompliance.Policy;
using CiCompliance.Processes;

namespace CiCompliance.Go;

/// <param name="Settings">What is in force without the pins; secrets removed.</param>
public sealed record AmbientReport(IReadOnlyList<GoSetting> Settings, IReadOnlyList<Check> Checks, IReadOnlyList<Finding> Findings);

/// <summary>
/// Finds every way in which the environment around a project goes past the proxy, the checksum database or the toolchain of the policy. The pipeline's
/// own children get the pins: what takes modules out of the check is not compliant all the same, for a plain <c>go build</c> there does it; what is
/// merely not pinned, or is replaced by the pins, is a notice.
/// </summary>
public sealed class GoEnvironmentVerifier(IProcessRunner processes)
{
    /// <summary>Asks the real go command in the project, under the given environment, and names the layer of each value.</summary>
    /// <param name="ambient">The environment of the user or of the CI job, whole.</param>
    /// <exception cref="CiComplianceException">The policy can't be used, or go gives no answer.</exception>
    public async Task<AmbientReport> VerifyAsync(
        GoCommand go, CompliancePolicy policy, string projectDirectory, IReadOnlyDictionary<string, string> ambient, CancellationToken cancellationToken)
    {
        var source = GoProvider.Resolve(policy.Go);
        var settings = await ReadAsync(go, projectDirectory, ambient, cancellationToken);
        var kept = new List<GoSetting>();
        var checks = new List<Check>();
        var findings = new List<Finding>();
        foreach (var rule in AmbientRules.For(source, policy.Go.AllowDirect, go.Minor, ambient.Keys))
        {
            var setting = settings[rule.Name];
            kept.Add(setting with { Value = Redaction.Value(setting.Name, setting.Value) });
            var problem = rule.Judge(setting);
            var finding = problem is null ? null : Finding(rule, setting, problem.Value);
            checks.Add(new(rule.CheckId, VerdictOf(finding), finding?.What ?? new("as pinned", "与固定值一致")));
            findings.AddRange(finding is null ? [] : [finding]);
        }

        AddPath(go, ambient, checks, findings);
        return new(kept, checks, findings);
    }

    /// <summary>What go env looks at. Nothing else of the job's environment, tokens above all, goes to a child.</summary>
    private static bool DecidesGoEnvironment(string name) =>
        name.StartsWith("GO", StringComparison.Ordinal) || name.StartsWith("CGO_", StringComparison.Ordinal)
        || name is "HOME" or "PATH" or "XDG_CONFIG_HOME" or "XDG_CACHE_HOME" or "TMPDIR" or "CC" or "CXX" or "FC" or "AR" or "PKG_CONFIG";

    private async Task<GoSettings> ReadAsync(GoCommand go, string projectDirectory, IReadOnlyDictionary<string, string> ambient, CancellationToken cancellationToken)
    {
        // Only GOTOOLCHAIN is not the ambient one: with it go would download and run the toolchain that the repository's go.mod names.
        var environment = ambient.Where(pair => DecidesGoEnvironment(pair.Key))
            .ToDictionary(pair => pair.Key, pair => Redaction.WithoutUserInfo(pair.Value), StringComparer.Ordinal);
        environment["GOTOOLCHAIN"] = "local";
        var resolved = await GoCommand.EnvAsync(processes, go.Executable, projectDirectory, environment, AmbientRules.Asked, cancellationToken);
        IReadOnlyDictionary<string, string> none = new Dictionary<string, string>();
        return new(ambient,
            resolved["GOENV"] is "" or "off" ? none : GoSettings.ReadFile(resolved["GOENV"]),
            go.Minor >= 21 ? GoSettings.ReadFile(Path.Combine(go.Goroot, "go.env")) : none,
            resolved);
    }

    private static Finding Finding(AmbientRule rule, GoSetting setting, LocalizedText problem)
    {
        // The defaults that Go ships in GOROOT/go.env are nobody's decision; another value there is.
        var isDefault = setting.Layer == SettingLayer.BuiltIn && rule.Name != "GOWORK"
            || setting.Layer == SettingLayer.Goroot && (setting.Name, setting.Value) is
                ("GOPROXY", "https://proxy.golang.org,direct") or ("GOSUMDB", "sum.golang.org") or ("GOTOOLCHAIN", "auto" or "local");
        // GOROOT/go.env is read with GOENV=off too: what stands there for a name without a pin reaches the children.
        var isNotice = isDefault || rule.Diagnostic == GoEnvironmentDiagnostics.NotPinned || (!rule.Integrity && setting.Layer != SettingLayer.Goroot);
        var (where, whereZh) = setting.Layer switch
        {
            SettingLayer.Environment => ("the environment", "环境变量"),
            SettingLayer.UserFile => ("the user's go env file", "用户的 go env 文件"),
            SettingLayer.Goroot => ("GOROOT/go.env", "GOROOT/go.env"),
            _ => ("go's own default", "go 的默认值"),
        };
        var what = new LocalizedText($"{problem.En} (from {where})", $"{problem.Zh}(来自{whereZh})");
        return isNotice
            ? new(GoEnvironmentDiagnostics.NotPinned, setting.Name,
                new($"{what.En}; the pipeline's own children get the pinned value", $"{what.Zh};流水线的子进程使用固定值"),
                new("To have the same outside the pipeline, use the output of cicompliance env pin", "若要在流水线之外保持一致,请使用 cicompliance env pin 的输出"))
            : new(rule.Diagnostic, setting.Name, what, Fix(setting));
    }

    private static LocalizedText Fix(GoSetting setting) => setting.Layer switch
    {
        _ when setting.Name == "GOWORK" => new("Set GOWORK=off, or remove the go.work file", "请设置 GOWORK=off,或删除 go.work 文件"),
        SettingLayer.Environment => new($"Unset {setting.Name}, or take the value that cicompliance env pin prints", $"请取消 {setting.Name},或使用 cicompliance env pin 输出的值"),
        SettingLayer.UserFile => new($"Run go env -u {setting.Name}", $"请运行 go env -u {setting.Name}"),
        SettingLayer.Goroot => new("Restore GOROOT/go.env from the Go distribution", "请从 Go 发行版恢复 GOROOT/go.env"),
        _ => new("Set it to what cicompliance env pin prints", "请设置为 cicompliance env pin 输出的值"),
    };

    private static void AddPath(GoCommand go, IReadOnlyDictionary<string, string> ambient, List<Check> checks, List<Finding> findings)
    {
        var all = GoCommand.OnPath(ambient).Distinct().ToList();
        var relative = (ambient.GetValueOrDefault("PATH") ?? "").Split(':').Any(folder => !Path.IsPathFullyQualified(folder)) && ambient.ContainsKey("PATH");
        var other = all.Count > 0 && Go.RealPath.Of(all[0]) != go.RealPath ? all[0] : null;
        var finding = other is not null
            ? new Finding(GoEnvironmentDiagnostics.OtherGo, "PATH",
                new($"{other} comes first, this run uses {go.Executable}", $"{other} 排在最前,而本次运行使用 {go.Executable}"),
                new("Put the folder of the go command that is meant first on PATH", "请将预期的 go 命令所在目录放在 PATH 最前"))
            : relative
                ? new(GoEnvironmentDiagnostics.OtherGo, "PATH", new("it has a relative or empty folder, so a go in the repository can come first", "其中有相对或空目录,仓库内的 go 可能排在最前"),
                    new("Keep absolute folders only on PATH", "PATH 中请只保留绝对路径"))
                : null;
        checks.Add(new("environment.path", VerdictOf(finding), finding?.What ?? new(
            all.Count > 1 ? $"{all.Count} go commands on PATH, {all[0]} wins" : go.Executable, all.Count > 1 ? $"PATH 上有 {all.Count} 个 go 命令,生效的是 {all[0]}" : go.Executable)));
        findings.AddRange(finding is null ? [] : [finding]);
    }

    internal static Verdict VerdictOf(Finding? finding) => finding?.Diagnostic.Kind switch
    {
        null => Verdict.Pass,
        DiagnosticKind.NotCompliant => Verdict.Fail,
        DiagnosticKind.Notice => Verdict.NotApplicable,
        _ => Verdict.Undecided,
    };
}
