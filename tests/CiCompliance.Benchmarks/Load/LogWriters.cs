namespace CiCompliance.Benchmarks.Load;

/// <summary>Writers on connections of their own, each sending its next request when its last one is answered.</summary>
internal static class LogWriters
{
    /// <inheritdoc cref="HttpLoad.Run"/>
    /// <exception cref="InvalidOperationException">The requests ran out.</exception>
    public static LoadResult Run(Uri server, int process, byte[][] requests, int writers, TimeSpan warmUp, TimeSpan time)
    {
        var next = -1;
        return new HttpLoad(server, async (connection, stop) =>
        {
            var at = Interlocked.Increment(ref next);
            return at < requests.Length
                ? await connection.AskAsync(requests[at], stop) == 201
                : throw new InvalidOperationException($"{requests.Length} requests were not enough for {writers} writers");
        }).Run([process], writers, warmUp, time);
    }
}
