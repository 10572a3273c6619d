using System.Diagnostics;
using System.Net.Sockets;

namespace CiCompliance.Benchmarks.Load;

/// <summary>Clients on connections of their own, each asking again when its last request is answered.</summary>
/// <param name="ask">One request; false: an answer that does not count, an error.</param>
internal sealed class HttpLoad(Uri server, Func<HttpConnection, CancellationToken, ValueTask<bool>> ask)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private int errors;
    private long begin;
    private long end;

    /// <param name="processes">The server's own, whose processor time is told.</param>
    /// <param name="warmUp">Load that is not counted.</param>
    /// <param name="time">What is counted: answers that end within it.</param>
    public LoadResult Run(IReadOnlyList<int> processes, int clients, TimeSpan warmUp, TimeSpan time) =>
        RunAsync(processes, clients, warmUp, time).GetAwaiter().GetResult();

    private async Task<LoadResult> RunAsync(IReadOnlyList<int> processes, int clients, TimeSpan warmUp, TimeSpan time)
    {
        var connections = new List<HttpConnection>(clients);
        try
        {
            for (var i = 0; i < clients; i++)
            {
                connections.Add(await HttpConnection.OpenAsync(server));
            }

            using var stop = new CancellationTokenSource();
            var start = Stopwatch.GetTimestamp();
            begin = start + (long)(warmUp.TotalSeconds * Stopwatch.Frequency);
            end = begin + (long)(time.TotalSeconds * Stopwatch.Frequency);
            stop.CancelAfter(warmUp + time + Patience);
            var running = connections.Select(connection => AskAsync(connection, stop.Token)).ToList();
            await Task.Delay(warmUp, CancellationToken.None);
            var (own, theirs) = (Environment.CpuUsage.TotalTime, Time(processes));
            await Task.Delay(time, CancellationToken.None);
            var (ownCores, theirCores) = ((Environment.CpuUsage.TotalTime - own) / time, (Time(processes) - theirs) / time);
            var times = (await Task.WhenAll(running)).SelectMany(part => part).Order().ToList();
            return new(clients, times.Count / time.TotalSeconds, LoadResult.Quantile(times, 0.5), LoadResult.Quantile(times, 0.99), errors, ownCores, theirCores);
        }
        finally
        {
            connections.ForEach(connection => connection.Dispose());
        }
    }

    private async Task<List<TimeSpan>> AskAsync(HttpConnection connection, CancellationToken stop)
    {
        var times = new List<TimeSpan>();
        try
        {
            while (Stopwatch.GetTimestamp() is var sent && sent < end)
            {
                var isGood = await ask(connection, stop);
                var answered = Stopwatch.GetTimestamp();
                if (!isGood)
                {
                    Interlocked.Increment(ref errors);
                }
                else if (answered >= begin && answered < end)
                {
                    times.Add(Stopwatch.GetElapsedTime(sent, answered));
                }
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            Interlocked.Increment(ref errors);
        }

        return times;
    }

    private static TimeSpan Time(IReadOnlyList<int> processes) => processes.Aggregate(TimeSpan.Zero, (sum, id) =>
    {
        using var process = Process.GetProcessById(id);
        return sum + process.TotalProcessorTime;
    });
}
