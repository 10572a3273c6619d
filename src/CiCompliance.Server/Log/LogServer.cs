using CiCompliance.Keys;
using CiCompliance.Server.Hosting;
using CiCompliance.Server.Log.Http;
using CiCompliance.Server.Log.Security;

namespace CiCompliance.Server.Log;

/// <summary>
/// <c>cicompliance serve log</c>: an embedded log as a server for Rekor v1 and v2 clients. Open from <see cref="StartAsync"/> to
/// <see cref="DisposeAsync"/>, which lets requests under way end and logs what waits.
/// </summary>
public sealed class LogServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ServerHost host;
    private readonly LogService log;
    private readonly LogRoutes routes;
    private readonly ServerEvents events;
    private bool disposed;

    private LogServer(ServerHost host, LogService log, LogRoutes routes, ServerEvents events)
    {
        this.host = host;
        this.log = log;
        this.routes = routes;
        this.events = events;
    }

    /// <summary>Where it really listens, for example <c>http://127.0.0.1:3000</c>.</summary>
    public string Address => host.Address;

    internal LogService Log => log;

    /// <param name="key">The log's key, open as long as the server.</param>
    /// <param name="output">For one line of JSON at start, stop and errors.</param>
    /// <exception cref="CiComplianceException">CIC4001-CIC4003, CIC4006, CIC4007, CIC7001-CIC7005.</exception>
    public static async Task<LogServer> StartAsync(
        ServerOptions options, ISigner key, ISignatureVerifier verifier, TextWriter output, TimeProvider clock, CancellationToken cancellationToken)
    {
        // Everything that can be wrong with the options before the log is opened.
        var address = ListenAddress.Parse(options);
        var tls = ServerTls.Of(options);
        var writers = WriterAccess.Of(options);
        var events = new ServerEvents(output, clock);
        var log = LogService.Open(options, key, verifier, events, clock, cancellationToken);
        var routes = new LogRoutes(log, writers, events);
        var server = new LogServer(new ServerHost(options, address, tls, routes.HandleAsync), log, routes, events);
        await server.host.StartAsync(server.CloseAsync, cancellationToken);
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
            await host.StopAsync(Patience);
        }
        finally
        {
            await CloseAsync();
        }

        events.Write("stopped", ("size", log.Store.Checkpoint.Size));
    }

    private async ValueTask CloseAsync()
    {
        try
        {
            await host.DisposeAsync();
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
