using CiCompliance.Go.Sumdb;

namespace CiCompliance.Policy;

/// <summary>GOPROXY and GOSUMDB of a custom provider. The reasons were measured with the go command (1.19 to 1.27).</summary>
internal static class GoSourceValues
{
    /// <summary>Comma-separated addresses; <c>direct</c> last where allowed. <c>|</c> would go on after any error, not only "not found".</summary>
    public static PolicyObjection? Proxy(string value, bool allowDirect)
    {
        if (value.Contains('|', StringComparison.Ordinal))
        {
            return PolicyObjection.Value(
                new("'|' goes on to the next proxy after any error, also a refusal", "“|”会在任何错误（包括拒绝）后继续访问下一个代理"),
                new("Separate the proxies with ','", "请用“,”分隔各代理"));
        }

        var parts = value.Split(',');
        var last = parts[^1];
        if (parts.Contains("direct", StringComparer.Ordinal) && !allowDirect)
        {
            return PolicyObjection.Value(
                new("'direct' takes modules from anywhere, past the proxy", "direct 会绕过代理，从任意来源获取模块"),
                new("Remove it, or set go.direct: allowed", "请删除，或设置 go.direct: allowed"));
        }

        var addresses = parts.Length > 1 && last is "direct" or "off" ? parts[..^1] : parts;
        return addresses.All(IsProxyAddress) ? null : PolicyObjection.Value(
            new("it must be one or more https addresses, without user or query", "应为一个或多个 https 地址，不含用户名或查询"),
            new("Write it like https://goproxy.example.cn", "请写成 https://goproxy.example.cn 的形式"));
    }

    public static PolicyObjection? Sumdb(string value)
    {
        if (value == "off")
        {
            return Objection(
                new("'off' means that no module is checked", "“off”表示不校验任何模块"));
        }

        if (value is "sum.goproxy.cn" || value.StartsWith("sum.goproxy.cn ", StringComparison.Ordinal))
        {
            return Objection(
                new("'sum.goproxy.cn' is no checksum database: the go command answers \"malformed verifier id\", and only once go.sum lacks an entry",
                    "“sum.goproxy.cn”不是校验和数据库：go 命令会报“malformed verifier id”，且仅在 go.sum 缺少条目时才报"));
        }

        if (value.Contains("://", StringComparison.Ordinal) && !value.Contains(' ', StringComparison.Ordinal))
        {
            return Objection(
                new("an address alone names no key: the go command answers \"malformed verifier id\", and only once go.sum lacks an entry",
                    "仅有地址而没有密钥：go 命令会报“malformed verifier id”，且仅在 go.sum 缺少条目时才报"));
        }

        var parts = value.Split(' ');
        if (parts.Length > 2 || !VerifierKey.TryParse(parts[0], out var key) || key.Type != VerifierKey.NoteType)
        {
            return Objection(new("it is not a verifier key whose hash matches", "不是哈希相符的验证密钥"));
        }

        return parts.Length == 1 || PolicyValues.IsServerUrl(parts[1]) ? null : Objection(
            new("the address after the key must be https", "密钥之后的地址应为 https"));
    }

    /// <summary>One address: a second one would be asked where the verifying proxy has refused with 404, which it never does on purpose.</summary>
    public static PolicyObjection? OwnProxy(string value) => PolicyValues.IsServerUrl(value) ? null : PolicyObjection.Value(
        new("it must be the https address of your proxy, and nothing else", "应为自有代理的 https 地址,且仅此一项"),
        new("Write it like https://goproxy.example.cn", "请写成 https://goproxy.example.cn 的形式"));

    /// <summary>The proxy's own database, asked through it: not the public one, which knows no private module.</summary>
    public static PolicyObjection? OwnSumdb(string value) =>
        !value.Contains(' ', StringComparison.Ordinal) && value != SumdbSetting.DefaultKey ? null : Objection(
            new("it must be the key that cicompliance goproxy init printed, without an address", "应为 cicompliance goproxy init 输出的密钥,不含地址"));

    private static bool IsProxyAddress(string value) =>
        PolicyValues.IsServerUrl(value)
        || (value.StartsWith("file:///", StringComparison.Ordinal) && value.Length is > 8 and <= 1024 && !value.Any(c => char.IsWhiteSpace(c) || c is '?' or '#'));

    private static PolicyObjection Objection(LocalizedText what) => new(PolicyDiagnostics.BadSumdb, what,
        new($"Write name+hash+key, with an address after a blank if it is not behind the proxy; the public one is {SumdbSetting.DefaultKey}",
            $"请写 name+hash+key；若不经代理访问，其后空一格再写地址；公共数据库为 {SumdbSetting.DefaultKey}"));
}
