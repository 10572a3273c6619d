using CiCompliance.Go.Sumdb;
using CiCompliance.GoProxy.Sources;
using CiCompliance.Policy;

namespace CiCompliance.GoProxy.Configuration;

/// <summary>Reads <c>goproxy.yml</c> with the bounds and the strictness of a policy: every key known, every value of its form.</summary>
public static class GoProxyConfigurationReader
{
    private const long DefaultCacheBytes = 50L << 30;

    private static readonly TimeSpan DefaultCacheAge = TimeSpan.FromDays(90);
    private static readonly TimeSpan MaxAge = TimeSpan.FromDays(3650);

    /// <param name="origin">The file's name for messages.</param>
    /// <param name="folder">What relative paths in it begin from.</param>
    /// <exception cref="CiComplianceException">The first thing that is wrong (CIC5001 to CIC5009, CIC7120).</exception>
    public static GoProxyConfiguration Read(ReadOnlySpan<byte> yaml, string origin, string folder)
    {
        var problems = new PolicyProblems(origin);
        var configuration = YamlText.Decode(yaml, problems) is { } text && new YamlReader(problems).Read(text) is { } root
            ? Read(new PolicySection("", root, root, problems), folder)
            : null;
        var findings = problems.ToFindings();
        // A misspelt key is also a missing one, and the misspelling is what the reader can act on.
        return findings.Count == 0 ? configuration!
            : throw new CiComplianceException(findings.FirstOrDefault(finding => finding.Diagnostic != PolicyDiagnostics.MissingKey) ?? findings[0]);
    }

    private static GoProxyConfiguration Read(PolicySection root, string folder)
    {
        if (root.Integer("version") is { } version && version != GoProxyConfiguration.CurrentVersion)
        {
            root.Add(PolicyDiagnostics.WrongValue, "version", new($"version {version} is not known to this tool", $"本工具不支持版本 {version}"),
                new($"Write version: {GoProxyConfiguration.CurrentVersion}", $"请写 version: {GoProxyConfiguration.CurrentVersion}"));
        }

        var language = root.Choice("language", Language.English, ("en", Language.English), ("zh", Language.Chinese));
        var upstream = root.Section("upstream");
        var redirects = upstream.List("redirect-hosts", [], Host);
        var upstreams = upstream.Text("proxies", required: false, Proxies) is { } proxies ? Upstreams(proxies, redirects) : [];
        var sumdb = upstream.Text("sumdb", required: false, GoSourceValues.Sumdb) ?? SumdbSetting.DefaultKey;
        upstream.Close();

        var modules = root.Section("modules");
        var forEverybody = modules.Choice("private-readers", false, ("token", false), ("everybody", true));
        var entries = modules.Sections("private");
        var privates = entries.Select(entry => Private(entry, folder)).OfType<PrivateModules>().ToList();
        var rules = new ModuleRules(
            [.. privates.Select(one => one.Prefix)],
            modules.List("signed", [], Prefix),
            [.. modules.Sections("deny").Select(Denied).OfType<DeniedModules>()],
            Duration(modules, "minimum-age", TimeSpan.Zero));
        modules.Close();

        var signatures = root.Sections("signatures").Select(entry => Place(entry, folder)).OfType<SignaturePlace>().ToList();
        if (signatures.Count == 0 && (rules.Private.Count > 0 || rules.Signed.Count > 0))
        {
            root.Add(PolicyDiagnostics.MissingKey, "signatures", new("private and signed modules need a publisher's signature, and nothing says where those are", "私有模块和需签名的模块必须有发布者签名,但未给出签名的位置"),
                new("Name a folder, url or rekor under signatures", "请在 signatures 下给出 folder、url 或 rekor"));
        }

        var cache = root.Section("cache");
        var limits = new CacheLimits(Bytes(cache, "size", DefaultCacheBytes), Duration(cache, "age", DefaultCacheAge));
        cache.Close();
        root.Close();
        return new(language, upstreams, upstreams.Count == 0 ? null : SumdbSetting.Parse(sumdb), rules, privates, forEverybody, signatures, limits);
    }

    private static PrivateModules? Private(PolicySection section, string folder)
    {
        var prefix = section.Text("prefix", required: true, Prefix);
        var repository = section.Text("repository", required: true);
        var modules = new PrivateModules
        {
            Prefix = prefix ?? "",
            RepositoryUrl = repository ?? "",
            CredentialsFile = File(section, "credentials", folder),
            CertificateAuthorities = File(section, "certificate-authorities", folder),
            SshKeyFile = File(section, "ssh-key", folder),
            KnownHostsFile = File(section, "known-hosts", folder),
        };
        section.Close();
        if (prefix is null || repository is null)
        {
            return null;
        }

        try
        {
            return modules.Validate();
        }
        catch (FormatException e)
        {
            section.Add(GoProxyDiagnostics.BadConfiguration, "repository", e.Problem(),
                new("docs/guides/serve-goproxy.md shows each form", "各种写法见 docs/guides/serve-goproxy.zh-CN.md"));
            return null;
        }
    }

    private static DeniedModules? Denied(PolicySection section)
    {
        var module = section.Text("module", required: true, value => Prefix(value.EndsWith("/...", StringComparison.Ordinal) ? value[..^4] : value));
        var version = section.Text("version", required: false, value => SemanticVersion.IsCanonical(value) ? null : Wrong("it is no canonical version", "不是规范版本", "v1.2.3"));
        var reason = section.Text("reason", required: false);
        section.Close();
        return module is null ? null : new(module, version, reason);
    }

    private static SignaturePlace? Place(PolicySection section, string folder)
    {
        SignaturePlace?[] places =
        [
            section.Text("folder", required: false) is { } path ? new(SignaturePlaceKind.Folder, Path.GetFullPath(path, folder)) : null,
            section.Text("url", required: false, Address) is { } url ? new(SignaturePlaceKind.Http, url) : null,
            section.Text("rekor", required: false, Address) is { } rekor ? new(SignaturePlaceKind.Rekor, rekor) : null,
        ];
        section.Close();
        if (places.OfType<SignaturePlace>().ToList() is [var one])
        {
            return one;
        }

        section.Add(PolicyDiagnostics.WrongValue, "folder", new("each entry is one of folder, url and rekor", "每一项应为 folder、url、rekor 之一"),
            new("Write one of them in each entry", "请在每一项中只写其一"));
        return null;
    }

    private static string? File(PolicySection section, string key, string folder) =>
        section.Text(key, required: false) is { } path ? Path.GetFullPath(path, folder) : null;

    private static List<Upstream> Upstreams(string list, IReadOnlyList<string> redirects)
    {
        var upstreams = new List<Upstream>();
        for (var rest = list; rest.Length > 0;)
        {
            var end = rest.IndexOfAny([',', '|']);
            upstreams.Add(new(new Uri(end < 0 ? rest : rest[..end]), end >= 0 && rest[end] == '|', redirects));
            rest = end < 0 ? "" : rest[(end + 1)..];
        }

        return upstreams;
    }

    private static PolicyObjection? Proxies(string value) =>
        value.Split(',', '|').All(IsAddress) ? null
            : Wrong("it must be addresses of module proxies with ',' or '|' between, without direct or off", "应为以“,”或“|”分隔的模块代理地址,不含 direct 或 off", "https://goproxy.cn,https://proxy.golang.org");

    private static PolicyObjection? Address(string value) => IsAddress(value) ? null : Wrong("it is no https address", "不是 https 地址", "https://signatures.example.cn/");

    private static bool IsAddress(string value) => Uri.TryCreate(value, UriKind.Absolute, out var uri) && SumdbTransport.IsAllowed(uri) && uri.Query.Length == 0 && uri.Fragment.Length == 0;

    private static PolicyObjection? Host(string value) => Uri.CheckHostName(value) == UriHostNameType.Dns ? null : Wrong("it is no host name", "不是主机名", "cdn.example.cn");

    private static PolicyObjection? Prefix(string value) => ModuleName.IsDownloadable(value + "/x") ? null : Wrong("it is no begin of a module path", "不是模块路径的开头", "git.example.cn/platform");

    private static TimeSpan Duration(PolicySection section, string key, TimeSpan otherwise)
    {
        var text = section.Text(key, required: false, value => TryDuration(value) is not null ? null : Wrong("it is no time in hours or days", "不是以小时或天计的时间", "72h"));
        return text is null ? otherwise : TryDuration(text) ?? otherwise;
    }

    private static TimeSpan? TryDuration(string value) =>
        value.Length is > 1 and < 8 && int.TryParse(value[..^1], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number)
            && (value[^1] switch { 'h' => TimeSpan.FromHours(number), 'd' => TimeSpan.FromDays(number), _ => (TimeSpan?)null }) is { } time && time <= MaxAge
            ? time
            : null;

    private static long Bytes(PolicySection section, string key, long otherwise)
    {
        var text = section.Text(key, required: false, value => TryBytes(value) is not null ? null : Wrong("it is no size in MiB, GiB or TiB", "不是以 MiB、GiB 或 TiB 计的大小", "50GiB"));
        return text is null ? otherwise : TryBytes(text) ?? otherwise;
    }

    private static long? TryBytes(string value) =>
        value.Length is > 3 and < 10 && int.TryParse(value[..^3], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number) && number > 0
            ? value[^3..] switch { "MiB" => (long)number << 20, "GiB" => (long)number << 30, "TiB" when number < 1024 => (long)number << 40, _ => null }
            : null;

    private static PolicyObjection Wrong(string en, string zh, string example) => PolicyObjection.Value(new(en, zh), new($"Write it like {example}", $"请写成 {example} 的形式"));
}
