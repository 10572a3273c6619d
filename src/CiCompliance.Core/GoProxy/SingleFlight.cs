using System.Collections.Concurrent;

namespace CiCompliance.GoProxy;

/// <summary>Work that several ask for at once is done once. Who goes away ends his own waiting only; the work ends with the program, or with its own limits.</summary>
internal sealed class SingleFlight<TKey, TResult>
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, Lazy<Task<TResult>>> running = new();

    public Task<TResult> RunAsync(TKey key, Func<Task<TResult>> work, CancellationToken waiting)
    {
        var flight = running.GetOrAdd(key, _ => new(() => LandAsync(key, work)));
        return flight.Value.WaitAsync(waiting);
    }

    private async Task<TResult> LandAsync(TKey key, Func<Task<TResult>> work)
    {
        await Task.Yield();
        try
        {
            return await work();
        }
        finally
        {
            running.TryRemove(key, out _);
        }
    }
}
