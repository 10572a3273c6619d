using CiCompliance.Go;

namespace CiCompliance.Policy;

/// <summary>
/// Reads <c>compliance.yml</c>. The file is hostile until it is read: bounded, one plain document, every key known, every value of its
/// form; what is left out takes the strict default.
/// </summary>
public static class PolicyReader
{
    private static readonly (string, bool)[] RefusedOrAllowed = [("refused", false), ("allowed", true)];

    private static readonly string[] DefaultPackages = ["./..."];
    private static readonly string[] DefaultTargets = ["linux/amd64"];

    /// <summary>Every key, dotted: what an unknown key may have been meant to be.</summary>
    internal static readonly string[] KeyPaths =
    [
        "version", "repository", "stages", "source.match-committer", "source.forge", "source.rules", "go.provider", "go.proxy", "go.sumdb", "go.direct", "dependencies.vendor", "build.packages",
        "build.targets", "build.cgo", "build.cache", "binary.static", "binary.needed", "log.kind", "log.path", "log.url", "log.api", "log.signing-config", "log.tiles",
        "log.offline", "log.ephemeral-in-ci", "log.witnesses", "log.cosignatures", "log.timestamp-authority",
    ];

    /// <summary>Libraries that a Go program with cgo or os/user needs on glibc; nothing else unless the policy names it.</summary>
    public static IReadOnlyList<string> DefaultNeededLibraries { get; } = ["libc.so.6", "libpthread.so.0", "libdl.so.2", "libresolv.so.2", "ld-linux-*"];

    /// <summary>Reads a policy, or stops at the first problem (a missing value last); <see cref="TryRead"/> gives them all.</summary>
    /// <param name="origin">The file's name for messages.</param>
    /// <exception cref="CiComplianceException">CIC5001 to CIC5009.</exception>
    public static CompliancePolicy Read(ReadOnlySpan<byte> yaml, string origin)
    {
        var findings = TryRead(yaml, origin, out var policy);
        // A misspelt key is also a missing one, and the misspelling is what the reader can act on.
        return policy ?? throw new CiComplianceException(findings.FirstOrDefault(finding => finding.Diagnostic != PolicyDiagnostics.MissingKey) ?? findings[0]);
    }

    /// <summary>Reads a policy and reports everything wrong with it in one pass, in the order of the file.</summary>
    /// <returns>Empty exactly when <paramref name="policy"/> is there.</returns>
    public static IReadOnlyList<Finding> TryRead(ReadOnlySpan<byte> yaml, string origin, out CompliancePolicy? policy)
    {
        var problems = new PolicyProblems(origin);
        policy = YamlText.Decode(yaml, problems) is { } text && new YamlReader(problems).Read(text) is { } root ? Policy(root, problems) : null;
        policy = problems.Any ? null : policy;
        return problems.ToFindings();
    }

    private static CompliancePolicy? Policy(YamlMapping root, PolicyProblems problems)
    {
        var section = new PolicySection("", root, root, problems);
        if (section.Integer("version") is { } version && version != CompliancePolicy.CurrentVersion)
        {
            section.Add(PolicyDiagnostics.WrongValue, "version",
                new($"version {version} is not known to this tool", $"本工具不支持版本 {version}"),
                new($"Write version: {CompliancePolicy.CurrentVersion}, or use the tool that the policy was written for",
                    $"请写 version: {CompliancePolicy.CurrentVersion}，或使用与该策略对应的工具"));
        }

        var repository = section.Text("repository", required: true, PolicyValues.Repository);
        var source = SourcePolicyReader.Read(section.Section("source"));
        var go = Go(section.Section("go"));
        var dependencies = Dependencies(section.Section("dependencies"));
        var build = Build(section.Section("build"));
        var binary = Binary(section.Section("binary"));
        var log = Log(section.Section("log"));
        var stages = section.List("stages", [], PolicyValues.Stage);
        section.Close();
        return repository is null || go is null || log is null
            ? null
            : new CompliancePolicy(CompliancePolicy.CurrentVersion, repository, source, go, dependencies, build, binary, log, stages);
    }

    private static GoPolicy? Go(PolicySection section)
    {
        var provider = section.RequiredChoice("provider", [.. Enum.GetValues<Provider>().Select(value => (WordOf(value), value))]);
        var direct = section.Choice("direct", false, RefusedOrAllowed);
        var isOwn = provider == Provider.Cicompliance;
        var needsBoth = isOwn || provider == Provider.Custom;
        var proxy = section.Text("proxy", needsBoth, value => isOwn ? GoSourceValues.OwnProxy(value) : GoSourceValues.Proxy(value, direct));
        var sumdb = section.Text("sumdb", needsBoth, value => GoSourceValues.Sumdb(value) ?? (isOwn ? GoSourceValues.OwnSumdb(value) : null));
        if (isOwn && direct)
        {
            section.Add(PolicyDiagnostics.Contradiction, "direct", new("'go.direct: allowed' leads past the proxy that verifies", "go.direct: allowed 会绕过进行验证的代理"),
                new("Remove it; the proxy fetches private modules itself", "请删除;私有模块由代理自行获取"));
        }

        foreach (var (key, value) in new[] { ("proxy", proxy), ("sumdb", sumdb) })
        {
            if (provider is not null && !needsBoth && value is not null)
            {
                section.Add(PolicyDiagnostics.Contradiction, key,
                    new($"'go.{key}' stands beside go.provider: {WordOf(provider.Value)}, which has its own", $"go.provider: {WordOf(provider.Value)} 已自带“go.{key}”"),
                    new($"Remove go.{key}, or set go.provider: custom", $"请删除 go.{key}，或设置 go.provider: custom"));
            }
        }

        section.Close();
        return provider is null ? null : new GoPolicy(WordOf(provider.Value), proxy, sumdb, direct);
    }

    private static DependencyPolicy Dependencies(PolicySection section)
    {
        var vendor = section.Choice("vendor", VendorPolicy.Verified, ("verified", VendorPolicy.Verified), ("source-signed", VendorPolicy.SourceSigned));
        section.Close();
        return new DependencyPolicy(vendor);
    }

    private static BuildPolicy Build(PolicySection section)
    {
        var packages = section.List("packages", DefaultPackages, PolicyValues.Package);
        var targets = section.List("targets", DefaultTargets, PolicyValues.Target);
        var cgo = section.Flag("cgo");
        var cache = section.Choice("cache", BuildCachePolicy.Fresh, ("fresh", BuildCachePolicy.Fresh), ("shared", BuildCachePolicy.Shared));
        section.Close();
        return new BuildPolicy(packages, targets, cgo, cache);
    }

    private static BinaryPolicy Binary(PolicySection section)
    {
        var allowStatic = section.Choice("static", StaticPolicy.Refused, ("refused", StaticPolicy.Refused), ("allowed", StaticPolicy.Allowed));
        var needed = section.List("needed", DefaultNeededLibraries, PolicyValues.Library);
        section.Close();
        return new BinaryPolicy(allowStatic, needed);
    }

    private static LogPolicy? Log(PolicySection section)
    {
        var kind = section.RequiredChoice("kind", ("ephemeral", LogKind.Ephemeral), ("persistent", LogKind.Persistent), ("external", LogKind.External));
        var path = section.Text("path", required: kind == LogKind.Persistent, PolicyValues.LogFolder);
        var signingConfig = section.Text("signing-config", required: false, PolicyValues.OutsideFile);
        var url = section.Text("url", required: kind == LogKind.External && signingConfig is null, PolicyValues.ServerUrl);
        var api = section.Choice<LogApi?>("api", null, ("v1", LogApi.V1), ("v2", LogApi.V2));
        var tiles = section.Text("tiles", required: false, PolicyValues.ServerUrl);
        var offline = section.Choice("offline", false, RefusedOrAllowed);
        var ephemeralInCi = section.Choice("ephemeral-in-ci", false, RefusedOrAllowed);
        RefuseBeside(section, kind, LogKind.Persistent, "path", path is not null);
        foreach (var (key, present) in new[] { ("url", url is not null), ("signing-config", signingConfig is not null), ("api", api is not null), ("tiles", tiles is not null), ("offline", offline) })
        {
            RefuseBeside(section, kind, LogKind.External, key, present);
        }

        RefuseBeside(section, kind, LogKind.Ephemeral, "ephemeral-in-ci", ephemeralInCi);
        if (signingConfig is not null && (url is not null || api is not null))
        {
            section.Add(PolicyDiagnostics.Contradiction, "signing-config",
                new("'log.signing-config' stands beside log.url or log.api, which it says itself", "“log.signing-config”已包含 log.url 与 log.api 的内容"),
                new("Keep log.signing-config alone, or log.url and log.api", "请只保留 log.signing-config，或只保留 log.url 与 log.api"));
        }

        if (tiles is not null && signingConfig is null && api != LogApi.V2)
        {
            section.Add(PolicyDiagnostics.Contradiction, "tiles",
                new("'log.tiles' goes with log.api: v2", "“log.tiles”用于 log.api: v2"), new("Remove log.tiles, or set log.api: v2", "请删除 log.tiles，或设置 log.api: v2"));
        }

        var witnesses = section.List("witnesses", [], PolicyValues.ServerUrl);
        var cosignatures = Cosignatures(section, witnesses);
        var authority = section.Text("timestamp-authority", required: false, PolicyValues.ServerUrl);
        section.Close();
        return kind is null ? null : new LogPolicy(
            kind.Value, path, url, ephemeralInCi, api ?? LogApi.V1, signingConfig, tiles, offline, witnesses.Count == 0 ? null : witnesses, cosignatures, authority);
    }

    /// <summary>All of the witnesses where the policy doesn't say how many.</summary>
    private static int Cosignatures(PolicySection section, IReadOnlyList<string> witnesses)
    {
        var given = section.OptionalInteger("cosignatures");
        if (witnesses.Count > LogPolicy.MaxWitnesses || given < 1 || given > witnesses.Count || witnesses.Distinct(StringComparer.Ordinal).Count() < witnesses.Count)
        {
            section.Add(PolicyDiagnostics.WrongValue, given is null ? "witnesses" : "cosignatures",
                new($"'log.witnesses' are at most {LogPolicy.MaxWitnesses} different addresses, and 'log.cosignatures' is 1 to their number",
                    $"“log.witnesses”最多 {LogPolicy.MaxWitnesses} 个不同地址,“log.cosignatures”应为 1 至其数量"),
                new("List the witnesses' addresses, and how many of them must co-sign", "请列出见证方地址,以及须联署的数量"));
        }

        return given ?? witnesses.Count;
    }

    private static void RefuseBeside(PolicySection section, LogKind? kind, LogKind only, string key, bool present)
    {
        if (present && kind is not null && kind != only)
        {
            var (has, needs) = (WordOf(kind.Value), WordOf(only));
            section.Add(PolicyDiagnostics.Contradiction, key,
                new($"'log.{key}' goes with log.kind: {needs}, not {has}", $"“log.{key}”用于 log.kind: {needs}，而非 {has}"),
                new($"Remove log.{key}, or set log.kind: {needs}", $"请删除 log.{key}，或设置 log.kind: {needs}"));
        }
    }

    private static string WordOf(LogKind kind) => kind.ToString().ToLowerInvariant();

    private static string WordOf(Provider provider) => provider switch
    {
        Provider.GoproxyCn => "goproxy.cn",
        Provider.GoproxyIo => "goproxy.io",
        Provider.Aliyun => "aliyun",
        Provider.Cicompliance => GoProvider.Own,
        _ => "custom",
    };

    private enum Provider
    {
        GoproxyCn,
        GoproxyIo,
        Aliyun,
        Cicompliance,
        Custom,
    }
}
