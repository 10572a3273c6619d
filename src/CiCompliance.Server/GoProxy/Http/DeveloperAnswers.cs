using CiCompliance.Go;
using CiCompliance.Go.Sumdb;
using Microsoft.AspNetCore.Http;

namespace CiCompliance.Server.GoProxy.Http;

/// <summary>What has no diagnostic of its own, in the words of the developer whose go command shows them: first what happened, then what to do.</summary>
internal static class DeveloperAnswers
{
    public static ProxyAnswer NoToken(Language language) => Of(
        new("This module is private, and the proxy got no token for it.\nWrite the proxy's host and your token into ~/.netrc (go help goauth).",
            "该模块为私有模块,代理未收到有效令牌。\n请将代理的主机名与您的令牌写入 ~/.netrc(见 go help goauth)。"),
        language, StatusCodes.Status401Unauthorized);

    public static ProxyAnswer Failed(Language language) => Of(
        new("The proxy cannot answer just now.\nTry again; if it lasts, tell those who run it.", "代理暂时无法应答。\n请重试;若持续如此,请告知代理的运维人员。"),
        language, StatusCodes.Status503ServiceUnavailable);

    /// <summary>403, for 404 would send the client, and the names of its private modules, to that database itself.</summary>
    public static ProxyAnswer NoSuchDatabase(VerifierKey own, Language language) => Of(
        new($"This proxy serves no such checksum database.\nSet GOSUMDB={own}", $"本代理不提供该校验和数据库。\n请设置 GOSUMDB={own}"),
        language, StatusCodes.Status403Forbidden);

    /// <summary>Its name alone would tell the world of it.</summary>
    public static ProxyAnswer NotAsked(ModuleVersion module, string database, Language language) => Of(
        new($"{module} is private and not asked of {database}.\nSet GOSUMDB to this proxy's own database.", $"{module} 为私有模块,不会向 {database} 查询。\n请将 GOSUMDB 设为本代理自己的数据库。"),
        language, StatusCodes.Status403Forbidden);

    private static ProxyAnswer Of(LocalizedText text, Language language, int status) => ProxyAnswer.Text(text.In(language) + "\n", status);
}
