namespace CiCompliance.Server.GoProxy;

/// <summary>
/// Forces to the disk what many have written. One flush runs at a time, and whoever comes meanwhile waits for the next one, which is for all of them. Where a
/// flush fails, those who waited behind it fail too: it may have covered what they wrote, which a later one would take for written.
/// </summary>
internal sealed class SharedFlush(Action flush)
{
    private readonly Lock gate = new();
    private Task running = Task.CompletedTask;
    private Task? next;

    /// <summary>Ends when all that was written before the call is on the disk.</summary>
    /// <exception cref="IOException">The disk doesn't take it.</exception>
    public Task RunAsync()
    {
        lock (gate)
        {
            return next ??= AfterAsync(running, isUnderWay: !running.IsCompleted);
        }
    }

    private async Task AfterAsync(Task earlier, bool isUnderWay)
    {
        // Never within the lock.
        await earlier.ConfigureAwait(ConfigureAwaitOptions.ForceYielding | ConfigureAwaitOptions.SuppressThrowing);
        lock (gate)
        {
            (running, next) = (next!, null);
        }

        if (isUnderWay)
        {
            await earlier;
        }

        flush();
    }
}
