using System.Net;
using CiCompliance.Pipeline;

namespace CiCompliance.Policy;

/// <summary>The forms of single values. Each function answers null for a good value.</summary>
internal static class PolicyValues
{
    private const string NameCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";

    public static PolicyObjection? Repository(string value)
    {
        var segments = value.Split('/');
        var ok = value.Length <= 255
            && segments.Length >= 2
            && segments.All(segment => segment is not ("" or "." or ".."))
            && segments[0].All(c => NameCharacters.Contains(c, StringComparison.Ordinal) || c == ':')
            && segments.Skip(1).All(segment => segment.All(c => NameCharacters.Contains(c, StringComparison.Ordinal)))
            && !value.EndsWith(".git", StringComparison.Ordinal);
        return ok ? null : PolicyObjection.Value(
            new("it must be host/path, without scheme, user, white space or .git", "应为“主机/路径”，不含协议、用户名、空白或 .git"),
            new("Write it like github.com/acme/app", "请写成 github.com/acme/app 的形式"));
    }

    public static PolicyObjection? Target(string value)
    {
        var parts = value.Split('/');
        return parts.Length == 2 && parts.All(part => part.Length is > 0 and <= 16 && part.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c)))
            ? null
            : PolicyObjection.Value(
                new($"'{value}' is not goos/goarch", $"“{value}”不是 goos/goarch 形式"),
                new("Write it like linux/amd64", "请写成 linux/amd64 的形式"));
    }

    /// <summary>Patterns go to the go command as arguments: relative ones only, so that none is an option or leaves the module.</summary>
    public static PolicyObjection? Package(string value)
    {
        var ok = value == "." || (value.StartsWith("./", StringComparison.Ordinal) && value.Length <= 255
            && value[2..].Split('/').All(part => part is not ("" or "." or "..") && part.All(c => NameCharacters.Contains(c, StringComparison.Ordinal))));
        return ok ? null : PolicyObjection.Value(
            new($"'{value}' is not a package pattern inside the module", $"“{value}”不是本模块内的包匹配模式"),
            new("Write it like ./cmd/app or ./...", "请写成 ./cmd/app 或 ./... 的形式"));
    }

    public static PolicyObjection? Library(string value)
    {
        var name = value.EndsWith('*') ? value[..^1] : value;
        var ok = name.Length is > 3 and <= 128
            && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '+')
            && (name.Length == value.Length || name[^1] is '-' or '.');
        return ok ? null : PolicyObjection.Value(
            new($"'{value}' is not the name of a shared library", $"“{value}”不是共享库名"),
            new("Write it like libc.so.6; a * may only end a name, after - or .", "请写成 libc.so.6 的形式；* 只能位于末尾的 - 或 . 之后"));
    }

    public static PolicyObjection? LogFolder(string value) =>
        value.Length <= 1024 && value.All(c => !char.IsControl(c)) ? null : PolicyObjection.Value(
            new("it is not a folder's path", "不是目录路径"),
            new("Write a path like ../log or /var/lib/cicompliance/log", "请写成 ../log 或 /var/lib/cicompliance/log 的形式"));

    public static PolicyObjection? OutsideFile(string value) =>
        value.Length <= 1024 && value.All(c => !char.IsControl(c)) ? null : PolicyObjection.Value(
            new("it is not a file's path", "不是文件路径"),
            new("Write a path outside the repository, like ../signing-config.json", "请写仓库之外的路径，如 ../signing-config.json"));

    public static PolicyObjection? Stage(string value)
    {
        if (StageCatalog.Names.Contains(value, StringComparer.Ordinal))
        {
            return null;
        }

        var nearest = NearestWord.Of(value, StageCatalog.Names);
        return PolicyObjection.Value(
            new($"there is no stage '{value}'", $"不存在阶段“{value}”"),
            nearest is null
                ? new($"Choose from {string.Join(", ", StageCatalog.Names)}", $"可选：{string.Join(", ", StageCatalog.Names)}")
                : new($"Did you mean '{nearest}'?", $"是否想写“{nearest}”？"));
    }

    public static PolicyObjection? ServerUrl(string value) =>
        IsServerUrl(value) ? null : PolicyObjection.Value(
            new("it must be an https address without user, query or fragment", "应为 https 地址，不含用户名、查询或片段"),
            new("Write it like https://rekor.example.cn; http is accepted for the own machine only", "请写成 https://rekor.example.cn 的形式；http 仅限本机"));

    /// <summary>https anywhere, http on loopback only; no user information, because a policy is no place for a secret.</summary>
    public static bool IsServerUrl(string value) =>
        value.Length <= 1024
        && !value.Any(c => char.IsWhiteSpace(c) || c is '@' or '?' or '#' or '\\' or ',' or '|')
        && Uri.TryCreate(value, UriKind.Absolute, out var uri)
        && uri.Host.Length > 0
        && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && IsLoopback(uri)));

    // Not Uri.IsLoopback: that takes any name which resolves like "loopback" and file addresses too.
    private static bool IsLoopback(Uri uri) =>
        uri.Host == "localhost" || (IPAddress.TryParse(uri.DnsSafeHost, out var address) && IPAddress.IsLoopback(address));
}
