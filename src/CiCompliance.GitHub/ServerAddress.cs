namespace CiCompliance.GitHub;

/// <summary>Addresses that a token may be sent to.</summary>
public static class ServerAddress
{
    /// <param name="origin">Where the address comes from, for messages.</param>
    /// <exception cref="CiComplianceException">Neither https nor this machine (CIC5414).</exception>
    public static Uri Parse(string text, string origin) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback)) && uri.UserInfo.Length == 0 && uri.Fragment.Length == 0
            ? uri
            : throw new CiComplianceException(PublishingDiagnostics.BadUrl, origin,
                new("it is not an https address", "不是 https 地址"), new("Give https://HOST; http is taken for this machine only", "请使用 https://主机;http 仅限本机"));
}
