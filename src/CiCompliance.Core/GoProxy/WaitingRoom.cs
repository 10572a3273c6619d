using CiCompliance.Go;

namespace CiCompliance.GoProxy;

/// <summary>So many work at once and so many wait; who comes then is sent away at once, so that nobody's flood is everybody's queue.</summary>
/// <param name="places">That work.</param>
/// <param name="waiting">That wait.</param>
public sealed class WaitingRoom(int places, int waiting) : IDisposable
{
    private readonly SemaphoreSlim free = new(places);
    private int inside;

    /// <returns>To be disposed of when the work is done.</returns>
    /// <exception cref="CiComplianceException">It is full (CIC7114).</exception>
    public async Task<IDisposable> EnterAsync(ModuleVersion module, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref inside) > places + waiting)
        {
            Interlocked.Decrement(ref inside);
            throw Refusals.Busy(module);
        }

        try
        {
            await free.WaitAsync(cancellationToken);
            return new Place(this);
        }
        catch
        {
            Interlocked.Decrement(ref inside);
            throw;
        }
    }

    public void Dispose() => free.Dispose();

    private void Leave()
    {
        Interlocked.Decrement(ref inside);
        free.Release();
    }

    private sealed class Place(WaitingRoom room) : IDisposable
    {
        private int left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref left, 1) == 0)
            {
                room.Leave();
            }
        }
    }
}
