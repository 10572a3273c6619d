using System.Net;

namespace CiCompliance.Go;

/// <summary>How module proxies and checksum databases are asked: no redirect is followed unseen, no cookie is taken, and headers are bounded.</summary>
public static class ModuleHttp
{
    private const int FewConnections = 16;

    /// <param name="maxConnections">To each server.</param>
    public static HttpMessageInvoker Create(int maxConnections = FewConnections) => Create(null, maxConnections);

#pragma warning disable CA2000 // the invoker owns its handler
    /// <param name="token">For what is asked of the module proxy that wants it.</param>
    internal static HttpMessageInvoker Create(ProxyToken? token, int maxConnections = FewConnections)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            MaxConnectionsPerServer = maxConnections,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            AutomaticDecompression = DecompressionMethods.None,
            MaxResponseHeadersLength = 64,
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
        };
        return new(token is null ? handler : token.Authorize(handler), disposeHandler: true);
    }
#pragma warning restore CA2000
}
