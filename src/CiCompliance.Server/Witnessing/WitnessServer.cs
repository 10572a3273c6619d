using System.Security.Cryptography;
using CiCompliance.Server.Hosting;
using CiCompliance.TransparencyLog;
using Microsoft.AspNetCore.Http;

namespace CiCompliance.Server.Witnessing;

/// <summary><c>cicompliance serve witness</c>: co-signs other parties' checkpoints (C2SP tlog-witness). Anybody may ask: it signs only what continues.</summary>
public sealed class WitnessServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ServerHost host;
    private readonly RequestBody bodies = new();
    private readonly Witness witness;
    private readonly ServerEvents events;

    private WitnessServer(ServerOptions options, Witness witness, ServerEvents events)
    {
        host = new ServerHost(options, ListenAddress.Parse(options), ServerTls.Of(options), HandleAsync);
        this.witness = witness;
        this.events = events;
    }

    /// <summary>Where it really listens, for example <c>http://127.0.0.1:7380</c>.</summary>
    public string Address => host.Address;

    /// <param name="options">Where and how to listen; tokens and client certificates are not asked for.</param>
    /// <param name="output">For one line of JSON at start, stop and errors.</param>
    /// <exception cref="CiComplianceException">CIC7001-CIC7003.</exception>
    public static async Task<WitnessServer> StartAsync(
        ServerOptions options, Witness witness, TextWriter output, TimeProvider clock, CancellationToken cancellationToken)
    {
        var server = new WitnessServer(options, witness, new ServerEvents(output, clock));
        await server.host.StartAsync(server.CloseAsync, cancellationToken);
        server.events.Write("started", ("address", server.Address));
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await host.StopAsync(Patience);
        }
        finally
        {
            await CloseAsync();
        }

        events.Write("stopped");
    }

    private async ValueTask CloseAsync()
    {
        try
        {
            await host.DisposeAsync();
        }
        finally
        {
            bodies.Dispose();
        }
    }

    private async Task HandleAsync(HttpContext context)
    {
        var (status, text) = await AnswerAsync(context);
        context.Response.StatusCode = status;
        context.Response.ContentType = status == StatusCodes.Status409Conflict ? "text/x.tlog.size" : "text/plain; charset=utf-8";
        await context.Response.WriteAsync(text, context.RequestAborted);
    }

    private async Task<WitnessAnswer> AnswerAsync(HttpContext context)
    {
        switch (context.Request.Path.Value)
        {
            case "/healthz" when HttpMethods.IsGet(context.Request.Method):
                return new(StatusCodes.Status200OK, "ok\n");
            case "/add-checkpoint" when HttpMethods.IsPost(context.Request.Method):
                break;
            default:
                return new(StatusCodes.Status404NotFound, "POST /add-checkpoint\n");
        }

        try
        {
            return witness.Cosign(await bodies.ReadAsync(context));
        }
        catch (RefusedException e)
        {
            return new(e.Status, e.Message + "\n");
        }
        catch (UnavailableException e)
        {
            return new(StatusCodes.Status503ServiceUnavailable, e.Message + "\n");
        }
        catch (BadHttpRequestException e)
        {
            return new(e.StatusCode, "the request is not HTTP, too large or too slow\n");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            // Kept and not signed is no harm: the same checkpoint may be asked for again.
            events.Error(e);
            return new(StatusCodes.Status503ServiceUnavailable, "what was seen cannot be kept or signed\n");
        }
    }
}
