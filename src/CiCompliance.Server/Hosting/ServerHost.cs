using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace CiCompliance.Server.Hosting;

/// <summary>The web server of every role: HTTP/1.1, with and without TLS, and a bound for whatever a connection may take.</summary>
internal sealed class ServerHost : IAsyncDisposable
{
    private const int AnswerBuffer = 64 << 10;

    private readonly WebApplication application;
    private readonly string listen;

    /// <param name="options">They have been looked at: see <see cref="ListenAddress"/> and <see cref="ServerTls"/>.</param>
    /// <param name="answerBuffer">Bytes of answers that may wait on a connection to be sent.</param>
    public ServerHost(ServerOptions options, IPEndPoint address, HttpsConnectionAdapterOptions? tls, RequestDelegate handle, int answerBuffer = AnswerBuffer)
    {
        listen = options.Listen;
        application = Build(address, tls, answerBuffer);
        application.Run(handle);
    }

    /// <summary>Where it really listens, for example <c>http://127.0.0.1:3000</c>.</summary>
    public string Address => application.Urls.First();

    /// <param name="close">Releases all that the server holds, this too, where it can't start.</param>
    /// <exception cref="CiComplianceException">It can't listen there (CIC7001).</exception>
    public async Task StartAsync(Func<ValueTask> close, CancellationToken cancellationToken)
    {
        try
        {
            await application.StartAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            await close();
            throw ServerDiagnostics.NotListening(listen, e);
        }
        catch
        {
            await close();
            throw;
        }
    }

    /// <summary>Takes no more connections and lets requests under way end; those that have not ended after so long are cut off.</summary>
    /// <param name="clock">Whose time it is; the system's where none is named.</param>
    public async Task StopAsync(TimeSpan patience, TimeProvider? clock = null)
    {
        using var limit = new CancellationTokenSource(patience, clock ?? TimeProvider.System);
        await application.StopAsync(limit.Token);
    }

    public ValueTask DisposeAsync() => application.DisposeAsync();

    internal static WebApplication Build(IPEndPoint address, HttpsConnectionAdapterOptions? tls, int answerBuffer = AnswerBuffer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseSockets(sockets => Limit(sockets, answerBuffer));
        if (tls is not null)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            Limit(kestrel, answerBuffer);
            kestrel.Listen(address, endpoint =>
            {
                // One request at a time on a connection: what HTTP/2 multiplexes would have to be bounded once more.
                endpoint.Protocols = HttpProtocols.Http1;
                if (tls is not null)
                {
                    endpoint.UseHttps(tls);
                }
            });
        });
        return builder.Build();
    }

    // The transport reads ahead of Kestrel's own buffer: 1 MiB for each connection, if it is not told otherwise.
    private static void Limit(SocketTransportOptions sockets, int answerBuffer)
    {
        sockets.MaxReadBufferSize = 64 << 10;
        sockets.MaxWriteBufferSize = answerBuffer;
    }

    private static void Limit(KestrelServerOptions kestrel, int answerBuffer)
    {
        kestrel.AddServerHeader = false;
        var limits = kestrel.Limits;
        limits.MaxConcurrentConnections = 20_000;
        limits.MaxConcurrentUpgradedConnections = 0;
        limits.MaxRequestBodySize = RequestBody.MaxBytes;
        limits.MaxRequestLineSize = 4 << 10;
        limits.MaxRequestHeadersTotalSize = 16 << 10;
        limits.MaxRequestHeaderCount = 64;
        limits.MaxRequestBufferSize = 64 << 10;
        limits.MaxResponseBufferSize = answerBuffer;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        limits.KeepAliveTimeout = TimeSpan.FromMinutes(3);
        limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 1024, gracePeriod: TimeSpan.FromSeconds(5));
        limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 1024, gracePeriod: TimeSpan.FromSeconds(5));
    }
}
