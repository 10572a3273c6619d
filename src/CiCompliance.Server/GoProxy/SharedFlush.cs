namespace CiCompliance.Server.GoProxy;

/// <summary>Forces to the disk what many have written. One flush runs at a time, and whoever comes meanwhile waits for the next one, which is for all of them.</summary>
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
            return next ??= AfterAsync(running);
        }
    }

    private async Task AfterAsync(Task earlier)
    {
        // Never within the lock, and whatever became of the earlier one.
        await earlier.ConfigureAwait(ConfigureAwaitOptions.ForceYielding | ConfigureAwaitOptions.SuppressThrowing);
        lock (gate)
        {
            (running, next) = (next!, null);
        }

        flush();
    }
}
