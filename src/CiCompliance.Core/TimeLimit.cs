namespace CiCompliance;

/// <summary>A caller's token that is over after a time, too.</summary>
internal sealed class TimeLimit : IDisposable
{
    private readonly CancellationTokenSource timer;
    private readonly CancellationTokenSource either;

    /// <param name="clock">Whose time it is.</param>
    public TimeLimit(TimeSpan time, TimeProvider clock, CancellationToken caller)
    {
        timer = new(time, clock);
        either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, caller);
    }

    public CancellationToken Token => either.Token;

    /// <summary>Begins anew, unless it is over.</summary>
    public void Restart(TimeSpan time) => timer.CancelAfter(time);

    public void Dispose()
    {
        either.Dispose();
        timer.Dispose();
    }
}
