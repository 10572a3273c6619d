using CiCompliance.Go.Sumdb;
using CiCompliance.Policy;

namespace CiCompliance.Go;

/// <summary>Where modules and their checksums come from: GOPROXY and GOSUMDB as the go command takes them.</summary>
/// <param name="Proxy">GOPROXY: one or more https URLs; <c>direct</c> at its end only where the policy allows it.</param>
/// <param name="Sumdb">GOSUMDB with its key.</param>
public sealed record GoModuleSource(string Proxy, SumdbSetting Sumdb)
{
    public IReadOnlyList<string> Proxies => Proxy.Split(',');
}

/// <summary>A public module proxy, and the GOSUMDB that really works with it.</summary>
/// <param name="Name">As in the policy's <c>go.provider</c>.</param>
/// <param name="Sumdb">
/// The go command asks a database given as <c>name+hash+key</c> through the proxy's <c>/sumdb/name/</c>, and goes to <c>https://name</c> where the proxy answers 404;
/// with a URL it goes there, past the proxy.
/// </param>
public sealed record GoProvider(string Name, string Proxy, string Sumdb)
{
    /// <summary>A proxy that <c>cicompliance serve goproxy</c> runs, with its own checksum database.</summary>
    public const string Own = "cicompliance";

    internal const string Custom = "custom";

    /// <summary>One URL and no <c>,off</c> behind it: a list that ends just ends, and <c>off</c> would hide the proxy's own words behind its own.</summary>
    public static IReadOnlyList<GoProvider> Known { get; } =
    [
        new("goproxy.cn", "https://goproxy.cn", SumdbSetting.DefaultKey),
        new("goproxy.io", "https://goproxy.io", SumdbSetting.DefaultKey),
        new("aliyun", "https://mirrors.aliyun.com/goproxy/", $"{SumdbSetting.DefaultKey} https://sum.golang.google.cn"),
    ];

    /// <exception cref="CiComplianceException">The policy names no provider, or values that the go command refuses or that check nothing (CIC0053, CIC0054).</exception>
    public static GoModuleSource Resolve(GoPolicy policy)
    {
        if (policy.Provider == Own)
        {
            return policy is { Proxy: { } proxy, Sumdb: { } sumdb, AllowDirect: false } && ParseSumdb(sumdb) is { Url: null } setting && sumdb != SumdbSetting.DefaultKey
                && !proxy.Contains(',', StringComparison.Ordinal)
                ? new(CheckProxy(proxy, allowDirect: false), setting)
                : throw BadProxy("policy go.provider", $"provider {Own} is one address and that proxy's own key, without direct", $"provider {Own} 需要一个地址和该代理自己的密钥,不含 direct");
        }

        if (policy.Provider == Custom)
        {
            return new(
                CheckProxy(policy.Proxy ?? throw BadProxy("policy go.proxy", "provider custom needs it", "provider 为 custom 时必须给出"), policy.AllowDirect),
                ParseSumdb(policy.Sumdb ?? SumdbSetting.DefaultKey));
        }

        var known = Known.FirstOrDefault(provider => provider.Name == policy.Provider)
            ?? throw BadProxy("policy go.provider", $"'{policy.Provider}' is none of {string.Join(", ", Known.Select(one => one.Name))}, {Own}, {Custom}",
                $"'{policy.Provider}' 不在 {string.Join("、", Known.Select(one => one.Name))}、{Own}、{Custom} 之列");
        return policy.Proxy is null && policy.Sumdb is null
            ? new(policy.AllowDirect ? known.Proxy + ",direct" : known.Proxy, SumdbSetting.Parse(known.Sumdb))
            : throw BadProxy("policy go.proxy", $"provider {known.Name} says GOPROXY and GOSUMDB itself; give them with provider custom only",
                $"provider {known.Name} 已确定 GOPROXY 和 GOSUMDB;只有 custom 才能另行给出");
    }

    /// <summary>GOSUMDB as people write it. Forms that the go command refuses, or that check nothing, get an error that says so.</summary>
    internal static SumdbSetting ParseSumdb(string text)
    {
        const string pin = "Write name+hash+key, or name+hash+key URL; for the public database: " + SumdbSetting.DefaultKey;
        const string pinZh = "请写 name+hash+key 或 name+hash+key URL;公共数据库为:" + SumdbSetting.DefaultKey;
        switch (text)
        {
            case "off":
                throw BadSumdb(text, "it switches the check off", "它会关闭校验", pin, pinZh);
            case "sum.golang.org":
                return SumdbSetting.Parse(SumdbSetting.DefaultKey);
            case "sum.golang.google.cn":
                return SumdbSetting.Parse($"{SumdbSetting.DefaultKey} https://sum.golang.google.cn");
            case "sum.goproxy.cn":
                throw BadSumdb(text, "it is no database with a key: the go command refuses it (malformed verifier id), and only when go.sum lacks an entry",
                    "它不是带密钥的数据库:go 命令会拒绝它(malformed verifier id),而且仅在 go.sum 缺少条目时才会报错", pin, pinZh);
            case var url when url.Contains("://", StringComparison.Ordinal) && !url.Contains(' ', StringComparison.Ordinal):
                throw BadSumdb(Redaction.Url(text), "a URL without a key: the go command refuses it (malformed verifier id)", "只有 URL 没有密钥:go 命令会拒绝它(malformed verifier id)", pin, pinZh);
        }

        try
        {
            return SumdbSetting.Parse(text);
        }
        catch (FormatException e)
        {
            throw BadSumdb(Redaction.Url(text), e.Message, $"格式不正确:{e.Message}", pin, pinZh);
        }
    }

    private static string CheckProxy(string list, bool allowDirect)
    {
        var entries = list.Split(',');
        for (var i = 0; i < entries.Length; i++)
        {
            var isLast = i == entries.Length - 1;
            var entry = entries[i];
            if (entry is "direct" or "off")
            {
                if (!isLast || i == 0 || (entry == "direct" && !allowDirect))
                {
                    throw BadProxy("policy go.proxy", $"'{entry}' stands where it is not allowed (direct: only last, and with go.direct: allowed)",
                        $"'{entry}' 的位置不允许(direct 只能在最后,且需 go.direct: allowed)");
                }
            }
            else if (entry.Contains('|', StringComparison.Ordinal))
            {
                throw BadProxy("policy go.proxy", "'|' goes on to the next entry after any error, also after a refusal; use ','", "'|' 在任何错误(包括拒绝)之后都会继续下一项;请用 ','");
            }
            else if (!Uri.TryCreate(entry, UriKind.Absolute, out var uri) || !SumdbTransport.IsAllowed(uri))
            {
                throw BadProxy("policy go.proxy", $"'{Redaction.Url(entry)}' is no https URL (http only on this machine) without user and password",
                    $"'{Redaction.Url(entry)}' 不是不带用户名和密码的 https URL(http 仅限本机)");
            }
        }

        return allowDirect && entries[^1] is not ("direct" or "off") ? list + ",direct" : list;
    }

    private static CiComplianceException BadProxy(string origin, string what, string whatZh) => new(GoEnvironmentDiagnostics.ProxyUnusable, origin,
        new(what, whatZh), new("Correct the policy's go section", "请修正策略中的 go 部分"));

    private static CiComplianceException BadSumdb(string value, string what, string whatZh, string fix, string fixZh) => new(GoEnvironmentDiagnostics.SumdbUnusable,
        $"GOSUMDB={value}", new(what, whatZh), new(fix, fixZh));
}
