using System.Text;
using CiCompliance.GoProxy;
using CiCompliance.GoProxy.Configuration;
using CiCompliance.Server.Hosting;

namespace CiCompliance.Server.GoProxy.Http;

/// <summary>Who may read private modules. The go command sends the name and password of its netrc file; the password is the token.</summary>
internal sealed class ReaderAccess
{
    private const string Basic = "Basic ";
    private const int MaxHeader = 1024;

    // Null: everybody who reaches the proxy.
    private readonly BearerTokens? tokens;

    private ReaderAccess(BearerTokens? tokens) => this.tokens = tokens;

    /// <exception cref="CiComplianceException">Nothing says who may read private modules, or two things do (CIC7120); the tokens can't be used (CIC7004).</exception>
    public static ReaderAccess Of(GoProxyConfiguration configuration, ServerOptions listen) => (listen.Tokens, configuration.PrivateForEverybody) switch
    {
        (null, false) when configuration.Rules.Private.Count > 0 => throw Unclear(
            new("private modules are given to those who show a token, and there are none", "私有模块只提供给出示令牌者,但未给出令牌"),
            new($"Give {listen.TokensOption} FILE, or write modules.private-readers: everybody where whoever reaches the proxy may read them",
                $"请用 {listen.TokensOption} FILE 给出令牌;若凡能访问代理者均可读取,请写 modules.private-readers: everybody")),
        (not null, true) => throw Unclear(
            new($"private modules are for everybody, and {listen.TokensOption} is given", $"私有模块对所有人开放,却又给出了 {listen.TokensOption}"),
            new("Leave out one of them", "请去掉其中之一")),
        var (file, _) => new(file is null ? null : BearerTokens.Read(file)),
    };

    public bool IsReader(string authorization) => tokens is null || tokens.IsKnown(authorization) || tokens.Contains(PasswordOf(authorization));

    private static CiComplianceException Unclear(LocalizedText what, LocalizedText fix) => new(GoProxyDiagnostics.BadConfiguration, "modules.private-readers", what, fix);

    private static string PasswordOf(string authorization)
    {
        if (!authorization.StartsWith(Basic, StringComparison.OrdinalIgnoreCase) || authorization.Length > MaxHeader)
        {
            return "";
        }

        var decoded = new byte[MaxHeader];
        return Convert.TryFromBase64String(authorization[Basic.Length..], decoded, out var length) && Encoding.UTF8.GetString(decoded, 0, length).Split(':', 2) is [_, var password]
            ? password
            : "";
    }
}
