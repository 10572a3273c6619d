using System.Diagnostics;
using System.Net.Sockets;

namespace CiCompliance.Benchmarks.Load;

/// <summary>Writers on connections of their own, each sending its next request when its last one is answered.</summary>
internal sealed class LogWriters(Uri server, byte[][] requests)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private int next = -1;
    private int errors;
    private long begin;
    private long end;

    /// <param name="warmUp">Load that is not counted.</param>
    /// <param name="time">What is counted: answers that end within it.</param>
    /// <exception cref="InvalidOperationException">The requests ran out.</exception>
    public static LoadResult Run(Uri server, int process, byte[][] requests, int writers, TimeSpan warmUp, TimeSpan time) =>
        new LogWriters(server, requests).RunAsync(process, writers, warmUp, time).GetAwaiter().GetResult();

    private async Task<LoadResult> RunAsync(int process, int writers, TimeSpan warmUp, TimeSpan time)
    {
        var connections = new List<HttpConnection>(writers);
        try
        {
            for (var i = 0; i < writers; i++)
            {
                connections.Add(await HttpConnection.OpenAsync(server));
            }

            using var stop = new CancellationTokenSource();
            var (watched, start) = (Process.GetProcessById(process), Stopwatch.GetTimestamp());
            begin = start + (long)(warmUp.TotalSeconds * Stopwatch.Frequency);
            end = begin + (long)(time.TotalSeconds * Stopwatch.Frequency);
            stop.CancelAfter(warmUp + time + Patience);
            var running = connections.Select(connection => WriteAsync(connection, stop.Token)).ToList();
            await Task.Delay(warmUp, CancellationToken.None);
            var (own, theirs) = (Environment.CpuUsage.TotalTime, watched.TotalProcessorTime);
            await Task.Delay(time, CancellationToken.None);
            watched.Refresh();
            var (ownCores, theirCores) = ((Environment.CpuUsage.TotalTime - own) / time, (watched.TotalProcessorTime - theirs) / time);
            var times = (await Task.WhenAll(running)).SelectMany(part => part).Order().ToList();
            return next >= requests.Length
                ? throw new InvalidOperationException($"{requests.Length} requests were not enough for {writers} writers")
                : new(writers, times.Count / time.TotalSeconds, LoadResult.Quantile(times, 0.5), LoadResult.Quantile(times, 0.99), errors, ownCores, theirCores);
        }
        finally
        {
            connections.ForEach(connection => connection.Dispose());
        }
    }

    private async Task<List<TimeSpan>> WriteAsync(HttpConnection connection, CancellationToken stop)
    {
        var times = new List<TimeSpan>();
        try
        {
            while (Stopwatch.GetTimestamp() is var sent && sent < end && Interlocked.Increment(ref next) is var at && at < requests.Length)
            {
                var status = await connection.AskAsync(requests[at], stop);
                var answered = Stopwatch.GetTimestamp();
                if (status != 201)
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
}
