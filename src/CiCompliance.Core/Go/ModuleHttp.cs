using System.Net;

namespace CiCompliance.Go;

/// <summary>How module proxies and checksum databases are asked: no redirect is followed unseen, no cookie is taken, and headers are bounded.</summary>
public static class ModuleHttp
{
    /// <param name="maxConnections">To each server.</param>
#pragma warning disable CA2000 // the invoker owns its handler
    public static HttpMessageInvoker Create(int maxConnections = 16) => new(
        new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            MaxConnectionsPerServer = maxConnections,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            AutomaticDecompression = DecompressionMethods.None,
            MaxResponseHeadersLength = 64,
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
        }, disposeHandler: true);
#pragma warning restore CA2000
}
