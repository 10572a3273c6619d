using Microsoft.AspNetCore.Http;

namespace CiCompliance.Server.Log.Http;

/// <summary>What those who run the server ask: is it alive, is it ready, how is it.</summary>
internal sealed class OperationsApi(LogService log)
{
    /// <returns>Null where there is no such call.</returns>
    public Task? Route(HttpContext context, string path) => (context.Request.Method, path) switch
    {
        ("GET", "/healthz") => Answers.WriteTextAsync(context, "ok\n"),
        ("GET", "/readyz") => GetReadyAsync(context),
        ("GET", "/metrics") => Answers.WriteTextAsync(context,
            log.Metrics.ToText(log.Head.Checkpoint.Size, log.Sequencer.Queued, log.Sequencer.IsHealthy), "text/plain; version=0.0.4; charset=utf-8"),
        _ => null,
    };

    private async Task GetReadyAsync(HttpContext context)
    {
        if (log.Sequencer.IsHealthy)
        {
            await Answers.WriteTextAsync(context, "ready\n");
            return;
        }

        await Answers.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "text/plain; charset=utf-8",
            log.Sequencer.IsDamaged ? "the log is damaged\n"u8.ToArray()
            : log.Sequencer.IsClockBehind ? "the last entry is in the future of the clock\n"u8.ToArray()
            : "the last append failed\n"u8.ToArray());
    }
}
