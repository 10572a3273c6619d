using CiCompliance.Go.Sumdb;

namespace CiCompliance.Go;

/// <summary>One setting that may not be what it likes.</summary>
/// <param name="CheckId">Row of the verdict table.</param>
/// <param name="Integrity">Whether it takes modules out of the check. Such a setting is not compliant wherever it is found; the pipeline's own
/// children not getting it does not help the developer whose <c>go build</c> does.</param>
/// <param name="Diagnostic">In GOROOT/go.env, or wherever <paramref name="Integrity"/> is at stake; for what no such file can set, the notice.</param>
/// <param name="Judge">What is wrong with a value, or null.</param>
internal sealed record AmbientRule(string CheckId, string Name, Diagnostic Diagnostic, bool Integrity, Func<GoSetting, LocalizedText?> Judge);

internal static class AmbientRules
{
    private static readonly string[] HarmlessFlags = ["-mod=readonly", "-mod=vendor", "-trimpath", "-modcacherw", "-v", "-x"];
    private static readonly string[] HarmlessFlagPrefixes = ["-buildvcs=", "-p="];

    // These change how git presents itself, not what it fetches.
    private static readonly string[] HarmlessGit =
    [
        "GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_AUTHOR_DATE", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL", "GIT_COMMITTER_DATE", "GIT_PAGER", "GIT_EDITOR",
        "GIT_TERMINAL_PROMPT", "GIT_PS1_SHOWDIRTYSTATE",
    ];

    private static readonly string[] Compiler =
    [
        "CC", "CXX", "AR", "FC", "GCCGO", "PKG_CONFIG", "CGO_CFLAGS", "CGO_CPPFLAGS", "CGO_CXXFLAGS", "CGO_FFLAGS", "CGO_LDFLAGS", "CGO_CFLAGS_ALLOW",
        "CGO_CPPFLAGS_ALLOW", "CGO_CXXFLAGS_ALLOW", "CGO_FFLAGS_ALLOW", "CGO_LDFLAGS_ALLOW",
    ];

    /// <summary>Names asked of <c>go env</c>; none of them makes it run a compiler.</summary>
    public static IReadOnlyList<string> Asked { get; } =
    [
        "GOENV", "GOFLAGS", "GOINSECURE", "GOMOD", "GONOPROXY", "GONOSUMDB", "GOPRIVATE", "GOPROXY", "GOROOT", "GOSUMDB", "GOVCS", "GOVERSION", "GOWORK", "GO111MODULE",
        "GOEXPERIMENT",
    ];

    /// <summary>The rules for one policy and one environment (whose own GIT_* names are among them).</summary>
    public static IEnumerable<AmbientRule> For(GoModuleSource source, bool allowDirect, int goMinor, IEnumerable<string> environmentNames)
    {
        yield return new("environment.gosumdb", "GOSUMDB", GoEnvironmentDiagnostics.Sumdb, true, setting => Sumdb(setting.Value, source));
        yield return new("environment.gonosumdb", "GONOSUMDB", GoEnvironmentDiagnostics.NoSumdb, true, OwnPatterns("modules matching '{0}' are not looked up", "匹配 '{0}' 的模块不会被校验"));
        yield return new("environment.goprivate", "GOPRIVATE", GoEnvironmentDiagnostics.NoSumdb, true, OwnPatterns("modules matching '{0}' come without proxy and without look-up", "匹配 '{0}' 的模块绕过代理且不会被校验"));
        yield return new("environment.goproxy", "GOPROXY", GoEnvironmentDiagnostics.Proxy, true, setting => Proxy(setting.Value, source));
        yield return new("environment.gonoproxy", "GONOPROXY", GoEnvironmentDiagnostics.NoProxy, true,
            setting => setting.Value == "none" ? null : OwnPatterns("modules matching '{0}' come without proxy", "匹配 '{0}' 的模块绕过代理")(setting));
        yield return new("environment.goflags", "GOFLAGS", GoEnvironmentDiagnostics.Flags, true, setting => Flags(setting.Value));
        yield return new("environment.goinsecure", "GOINSECURE", GoEnvironmentDiagnostics.Insecure, true, OwnPatterns("modules matching '{0}' may come unencrypted", "匹配 '{0}' 的模块可经未加密的连接获取"));
        yield return new("environment.gowork", "GOWORK", GoEnvironmentDiagnostics.Workspace, true, setting => setting.Value is "" or "off" ? null
            : new($"the workspace {setting.Value} is in force and replaces modules", $"工作区 {setting.Value} 生效,会替换模块"));
        yield return new("environment.go111module", "GO111MODULE", GoEnvironmentDiagnostics.ModuleMode, true, setting => setting.Value is "" or "on" ? null
            : new($"'{setting.Value}' lets go build without go.mod and go.sum", $"'{setting.Value}' 允许在没有 go.mod 和 go.sum 的情况下构建"));
        yield return new("environment.goenv", "GOENV", GoEnvironmentDiagnostics.NotPinned, false, setting => setting is { Layer: SettingLayer.Environment, Value: not "off" }
            ? new($"settings are read from {setting.Value}", $"设置读取自 {setting.Value}") : null);
        yield return new("environment.gotoolchain", "GOTOOLCHAIN", GoEnvironmentDiagnostics.Toolchain, false, setting => setting.Value == "local" || goMinor < 21 ? null
            : new($"'{(setting.Value.Length == 0 ? "auto" : setting.Value)}' makes the go line of a go.mod download and run another toolchain", $"'{(setting.Value.Length == 0 ? "auto" : setting.Value)}' 会按 go.mod 的 go 行下载并运行另一个工具链"));
        yield return new("environment.goroot", "GOROOT", GoEnvironmentDiagnostics.NotPinned, false, setting => setting.Layer == SettingLayer.Environment
            ? new($"the standard library is taken from {setting.Value}", $"标准库取自 {setting.Value}") : null);
        yield return new("environment.govcs", "GOVCS", GoEnvironmentDiagnostics.Vcs, false, setting => setting.Value.Length == 0 || setting.Value == "*:off" || (allowDirect && setting.Value == "*:git") ? null
            : new("other version control programs may run", "可运行其他版本控制程序"));
        yield return new("environment.goauth", "GOAUTH", GoEnvironmentDiagnostics.Vcs, false, setting => setting.Value is "" or "off" or "netrc" ? null
            : new("a program is run to get credentials", "会运行程序以获取凭据"));
        foreach (var name in new[] { "GODEBUG", "GOEXPERIMENT" })
        {
            yield return new($"environment.{name.ToLowerInvariant()}", name, GoEnvironmentDiagnostics.Debug, false, setting => setting.Layer == SettingLayer.BuiltIn ? null
                : new($"it is set to '{Redaction.Value(name, setting.Value)}'", $"其值为 '{Redaction.Value(name, setting.Value)}'"));
        }

        foreach (var name in Compiler)
        {
            yield return new($"environment.{name.ToLowerInvariant()}", name, GoEnvironmentDiagnostics.Compiler, false, setting => setting.Layer == SettingLayer.BuiltIn ? null
                : new("the C compiler or its flags are not the toolchain's own", "C 编译器或其参数不是工具链自带的"));
        }

        foreach (var name in environmentNames.Where(name => name.StartsWith("GIT_", StringComparison.Ordinal)).Except(HarmlessGit, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            yield return new($"environment.{name.ToLowerInvariant()}", name, GoEnvironmentDiagnostics.NotPinned, false, setting => setting.Layer == SettingLayer.BuiltIn ? null
                : new(name == "GIT_HTTP_USER_AGENT" ? "it can switch the check of downloaded toolchains off" : "it changes what git fetches or runs",
                    name == "GIT_HTTP_USER_AGENT" ? "它可关闭对所下载工具链的校验" : "它会改变 git 获取或运行的内容"));
        }
    }

    // GONOSUMDB and GONOPROXY answer with GOPRIVATE where they are not set themselves: that is GOPRIVATE's finding.
    private static Func<GoSetting, LocalizedText?> OwnPatterns(string what, string whatZh) => setting => setting.Layer == SettingLayer.BuiltIn ? null
        : new(string.Format(null, what, setting.Value), string.Format(null, whatZh, setting.Value));

    private static LocalizedText? Sumdb(string value, GoModuleSource source)
    {
        var pinned = source.Sumdb.ToString();
        var shortName = pinned == SumdbSetting.DefaultKey ? "sum.golang.org" : pinned == $"{SumdbSetting.DefaultKey} https://sum.golang.google.cn" ? "sum.golang.google.cn" : pinned;
        return value == pinned || value == shortName ? null
            : value == "off" ? new("no module is looked up", "所有模块都不会被校验")
            : value == "sum.goproxy.cn" || value.StartsWith("https://", StringComparison.Ordinal)
                ? new($"'{Redaction.Url(value)}' is no database with a key, the go command refuses it (malformed verifier id)", $"'{Redaction.Url(value)}' 不是带密钥的数据库,go 命令会拒绝(malformed verifier id)")
                : new($"'{Redaction.Url(value)}' is another database", $"'{Redaction.Url(value)}' 是另一个数据库");
    }

    private static LocalizedText? Proxy(string value, GoModuleSource source)
    {
        if (value == source.Proxy)
        {
            return null;
        }

        var shown = Redaction.Url(value);
        if (value.Contains('|', StringComparison.Ordinal))
        {
            return new($"'{shown}': '|' goes on to the next entry also after a refusal", $"'{shown}':'|' 在被拒绝后也会继续下一项");
        }

        var allowed = source.Proxies.Append("off").Select(entry => entry.TrimEnd('/')).ToHashSet(StringComparer.Ordinal);
        var other = value.Split(',').Select(entry => entry.Trim()).FirstOrDefault(entry => !allowed.Contains(entry.TrimEnd('/')));
        return other is null ? null
            : new($"'{shown}': {Redaction.Url(other)} is not in the policy", $"'{shown}':{Redaction.Url(other)} 不在策略之内");
    }

    private static LocalizedText? Flags(string value)
    {
        var other = value.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(flag => flag.StartsWith("--", StringComparison.Ordinal) ? flag[1..] : flag)
            .FirstOrDefault(flag => !HarmlessFlags.Contains(flag, StringComparer.Ordinal) && !HarmlessFlagPrefixes.Any(prefix => flag.StartsWith(prefix, StringComparison.Ordinal)));
        return other is null ? null : new($"{Redaction.Url(other)} changes what is built or checked", $"{Redaction.Url(other)} 会改变构建或校验的内容");
    }
}
