using CiCompliance.GoProxy;
using CiCompliance.Keys;
using CiCompliance.Server.GoProxy.Http;
using CiCompliance.Server.Hosting;

namespace CiCompliance.Server.GoProxy;

/// <summary><c>cicompliance serve goproxy</c>: a verifying module proxy that is its own checksum database.</summary>
public sealed class GoProxyServer : IAsyncDisposable
{
    /// <summary>Two pieces of a zip: one is sent while the next one is read.</summary>
    private const int AnswerBuffer = 2 * FileAnswer.PieceSize;

    /// <summary>Less than the tool's own after a signal, which ends the process whatever is open.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ServerHost host;
    private readonly GoProxyService service;
    private readonly GoProxyRoutes routes;
    private readonly ServerEvents events;
    private readonly TimeProvider clock;
    private bool disposed;

    private GoProxyServer(ServerHost host, GoProxyService service, GoProxyRoutes routes, ServerEvents events, TimeProvider clock)
    {
        this.host = host;
        this.service = service;
        this.routes = routes;
        this.events = events;
        this.clock = clock;
    }

    /// <summary>Where it really listens, for example <c>http://127.0.0.1:8081</c>.</summary>
    public string Address => host.Address;

    /// <summary>GOSUMDB.</summary>
    public string VerifierKey => service.Parts.Records.Store.Key.ToString();

    /// <param name="listen">Where and how to listen, and the tokens of those who read private modules.</param>
    /// <param name="key">The checksum database's, open as long as the server.</param>
    /// <param name="sm2">Signs its tree heads too.</param>
    /// <param name="output">For one line of JSON at start, stop, alarms and errors.</param>
    /// <exception cref="CiComplianceException">CIC4001-CIC4003, CIC4006, CIC4007, CIC7001-CIC7004, CIC7113, CIC7120.</exception>
    public static async Task<GoProxyServer> StartAsync(
        GoProxyOptions options, ServerOptions listen, ISigner key, ISigner? sm2, IModuleSignatures signatures, ISignatureVerifier verifier, TextWriter output,
        TimeProvider clock, CancellationToken cancellationToken)
    {
        // Everything that can be wrong with the options before the database is opened.
        var address = ListenAddress.Parse(listen);
        var tls = ServerTls.Of(listen);
        var readers = ReaderAccess.Of(options.Configuration, listen);
        var events = new ServerEvents(output, clock);
        var service = await GoProxyService.OpenAsync(options, key, sm2, signatures, verifier, events, clock, cancellationToken);
        var routes = new GoProxyRoutes(service.Parts, readers, options.Configuration.Language, events);
        var server = new GoProxyServer(new ServerHost(listen, address, tls, routes.HandleAsync, AnswerBuffer), service, routes, events, clock);
        await server.host.StartAsync(server.CloseAsync, cancellationToken);
        events.Write("started", ("address", server.Address), ("sumdb", server.VerifierKey), ("records", service.Parts.Records.Store.Head.Size));
        return server;
    }

    /// <summary>Takes no more connections, answers what is under way, records what waits, and closes the database.</summary>
    public async ValueTask DisposeAsync()
    {
        if (disposed)
        {
            return;
        }

        disposed = true;
        try
        {
            await host.StopAsync(Patience, clock);
        }
        finally
        {
            await CloseAsync();
            events.Write("stopped");
        }
    }

    private async ValueTask CloseAsync()
    {
        try
        {
            await host.DisposeAsync();
        }
        finally
        {
            await service.DisposeAsync();
            routes.Dispose();
        }
    }
}
