using System.Net;

namespace CiCompliance.Server.Hosting;

/// <summary>Where the server listens, and whether that may be without TLS.</summary>
internal static class ListenAddress
{
    /// <exception cref="CiComplianceException">
    /// Not an address and port (CIC7001), or reachable from elsewhere in plain HTTP (CIC7002): with tokens whatever is said.
    /// </exception>
    public static IPEndPoint Parse(ServerOptions options)
    {
        var text = options.Listen;
        if (!HasPort(text) || !IPEndPoint.TryParse(text, out var address))
        {
            throw new CiComplianceException(ServerDiagnostics.CannotListen, "--listen",
                new($"'{SafeText.Line(text, 100)}' is not an IP address and a port", $"“{SafeText.Line(text, 100)}”不是 IP 地址与端口"),
                new("Write 127.0.0.1:3000 or [::1]:3000; port 0 takes a free one", "请写成 127.0.0.1:3000 或 [::1]:3000;端口 0 表示任选空闲端口"));
        }

        if (options.TlsCertificate is not null || IPAddress.IsLoopback(address.Address))
        {
            return address;
        }

        if (options.Tokens is not null)
        {
            throw new CiComplianceException(ServerDiagnostics.PlainHttp, options.TokensOption,
                new($"tokens would be sent to {address} in the clear", $"令牌将以明文发送至 {address}"),
                new("Give --tls-certificate and --tls-key, or listen on 127.0.0.1 behind a proxy on this machine that ends TLS; --insecure-http does not allow it",
                    "请给出 --tls-certificate 与 --tls-key,或监听 127.0.0.1 并由本机代理终止 TLS;--insecure-http 不允许此情形"));
        }

        return options.InsecureHttp
            ? address
            : throw new CiComplianceException(ServerDiagnostics.PlainHttp, "--listen",
                new($"{address} is reached from other machines, and there is no --tls-certificate", $"{address} 可被其他机器访问,而未给出 --tls-certificate"),
                new("Give --tls-certificate and --tls-key; behind a proxy that ends TLS listen on 127.0.0.1, or say --insecure-http",
                    "请给出 --tls-certificate 与 --tls-key;若由代理终止 TLS,请监听 127.0.0.1,或使用 --insecure-http"));
    }

    // The parser of the class library takes an address alone for one with port 0, and the end of a bare IPv6 address for a port.
    private static bool HasPort(string text)
    {
        var colon = text.LastIndexOf(':');
        return colon > 0 && colon < text.Length - 1 && text.AsSpan(colon + 1).IndexOfAnyExceptInRange('0', '9') < 0
            && (text[0] == '[' ? text[colon - 1] == ']' : text.IndexOf(':', StringComparison.Ordinal) == colon);
    }
}
