using System.Diagnostics;
using CiCompliance.Server.Hosting;
using CiCompliance.Server.Log.Security;
using Microsoft.AspNetCore.Http;

namespace CiCompliance.Server.Log.Http;

/// <summary>The map of the server: which path is answered where, and what becomes of a refusal.</summary>
internal sealed class LogRoutes(LogService log, WriterAccess writers, ServerEvents events) : IDisposable
{
    // Who only reads needs no token, so what reading takes up is not the writers'.
    private readonly RequestBody bodies = new();
    private readonly RequestBody retrievals = new(RekorV1Api.MaxRetrieveBytes, maxAtOnce: 256, maxLargeAtOnce: 8);
    private readonly RequestBody searches = new(RekorV1Api.MaxSearchBytes, maxAtOnce: 256, maxLargeAtOnce: 0);
    private readonly OperationsApi operations = new(log);
    private RekorV1Api? v1;
    private RekorV2Api? v2;

    private RekorV1Api V1 => v1 ??= new(log, bodies, retrievals, searches);

    private RekorV2Api V2 => v2 ??= new(log, bodies);

    public async Task HandleAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        try
        {
            await RouteAsync(context, path);
        }
        catch (RefusedException e)
        {
            await RefuseAsync(context, path, e.Reason, e.Status, e.Message);
        }
        catch (UnavailableException e)
        {
            context.Response.Headers.RetryAfter = "1";
            await RefuseAsync(context, path, e.Reason, StatusCodes.Status503ServiceUnavailable, e.Message);
        }
        catch (BadHttpRequestException e)
        {
            await RefuseAsync(context, path, "bad-request", e.StatusCode, "the request is not HTTP, too large or too slow");
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to be answered.
        }
#pragma warning disable CA1031 // The one catch of the server: an entry that was not acknowledged is answered so, and the process goes on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            events.Error(e);
            await RefuseAsync(context, path, "internal", StatusCodes.Status500InternalServerError, "the log could not answer");
        }
    }

    public void Dispose()
    {
        bodies.Dispose();
        retrievals.Dispose();
        searches.Dispose();
    }

    private Task RouteAsync(HttpContext context, string path) => (context.Request.Method, path) switch
    {
        ("POST", "/api/v1/log/entries") => WriteAsync(context, V1.CreateAsync),
        ("POST", "/api/v2/log/entries") => WriteAsync(context, V2.CreateAsync),
        _ when path.StartsWith(RekorV1Api.Prefix, StringComparison.Ordinal) => V1.Route(context, path[RekorV1Api.Prefix.Length..]),
        _ when path.StartsWith(RekorV2Api.Prefix, StringComparison.Ordinal) => V2.Route(context, path[RekorV2Api.Prefix.Length..]),
        _ => operations.Route(context, path) ?? V2.Route(context, path.TrimStart('/')),
    } ?? throw new RefusedException("no-such-path", $"path {SafeText.Line(path, 200)} was not found", StatusCodes.Status404NotFound);

    private async Task WriteAsync(HttpContext context, Func<HttpContext, Task> create)
    {
        var start = Stopwatch.GetTimestamp();
        writers.Check(context);
        await create(context);
        log.Metrics.Answered(Stopwatch.GetElapsedTime(start));
    }

    private async Task RefuseAsync(HttpContext context, string path, string reason, int status, string message)
    {
        log.Metrics.Rejected(reason);
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }

        // An unread body would have to be read to keep the connection: a refused sender may begin anew.
        if (status is StatusCodes.Status413PayloadTooLarge or StatusCodes.Status408RequestTimeout)
        {
            context.Response.Headers.Connection = "close";
        }

        var isV2 = path.StartsWith(RekorV2Api.Prefix, StringComparison.Ordinal);
        await Answers.WriteErrorAsync(context, status, isV2 ? RpcCode.Of(status) : status, message);
    }
}
