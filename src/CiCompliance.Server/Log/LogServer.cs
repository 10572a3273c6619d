using System.Net;
using CiCompliance.Keys;
using CiCompliance.Server.Log.Http;
using CiCompliance.Server.Log.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace CiCompliance.Server.Log;

/// <summary>
/// <c>cicompliance serve log</c>: an embedded log as a server for Rekor v1 and v2 clients. Open from <see cref="StartAsync"/> to
/// <see cref="DisposeAsync"/>, which lets requests under way end and logs what waits.
/// </summary>
public sealed class LogServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly WebApplication application;
    private readonly LogService log;
    private readonly LogRoutes routes;
    private readonly LogEvents events;
    private bool disposed;

    private LogServer(WebApplication application, LogService log, LogRoutes routes, LogEvents events)
    {
        this.application = application;
        this.log = log;
        this.routes = routes;
        this.events = events;
    }

    /// <summary>Where it really listens, for example <c>http://127.0.0.1:3000</c>.</summary>
    public string Address => application.Urls.First();

    internal LogService Log => log;

    /// <param name="key">The log's key, open as long as the server.</param>
    /// <param name="output">For one line of JSON at start, stop and errors.</param>
    /// <exception cref="CiComplianceException">CIC4001-CIC4003, CIC4006, CIC4007, CIC7001-CIC7005.</exception>
    public static async Task<LogServer> StartAsync(
        LogServerOptions options, ISigner key, ISignatureVerifier verifier, TextWriter output, TimeProvider clock, CancellationToken cancellationToken)
    {
        // Everything that can be wrong with the options before the log is opened.
        var address = ListenAddress.Parse(options);
        var tls = ServerTls.Of(options);
        var writers = WriterAccess.Of(options);
        var events = new LogEvents(output, clock);
        var log = LogService.Open(options, key, verifier, events, clock, cancellationToken);
        var routes = new LogRoutes(log, writers, events);
        var application = Build(address, tls);
        application.Run(routes.HandleAsync);
        var server = new LogServer(application, log, routes, events);
        try
        {
            await application.StartAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            await server.CloseAsync();
            throw ServerDiagnostics.NotListening(options.Listen, e);
        }
        catch
        {
            await server.CloseAsync();
            throw;
        }

        events.Write("started", ("address", server.Address), ("log", log.Store.Description.Origin), ("size", log.Store.Checkpoint.Size), ("reread", log.Index.Reread));
        return server;
    }

    /// <summary>
    /// Takes no more connections, answers what is under way, logs what waits, and closes the log. Whatever throws, the rest is released,
    /// the folder too.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (disposed)
        {
            return;
        }

        disposed = true;
        try
        {
            using var limit = new CancellationTokenSource(Patience);
            await application.StopAsync(limit.Token);
        }
        finally
        {
            await CloseAsync();
        }

        events.Write("stopped", ("size", log.Store.Checkpoint.Size));
    }

    /// <param name="answerBuffer">Bytes of answers that may wait on a connection to be sent.</param>
    internal static WebApplication Build(IPEndPoint address, HttpsConnectionAdapterOptions? tls, int answerBuffer = 64 << 10)
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

    private async Task CloseAsync()
    {
        try
        {
            await application.DisposeAsync();
        }
        finally
        {
            try
            {
                log.Dispose();
            }
            finally
            {
                routes.Dispose();
            }
        }
    }
}
