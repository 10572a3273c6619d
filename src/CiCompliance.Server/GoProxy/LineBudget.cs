namespace CiCompliance.Server.GoProxy;

/// <summary>How many lines of one kind are written in a minute; what is beyond is counted. Thread safe.</summary>
internal sealed class LineBudget(int perMinute, TimeProvider clock)
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private DateTimeOffset begin;
    private int taken;
    private long missed;

    /// <returns>Whether one more line may be written; if not, it is counted.</returns>
    public bool TryTake()
    {
        lock (gate)
        {
            var now = clock.GetUtcNow();
            if (now - begin >= Minute || now < begin)
            {
                (begin, taken) = (now, 0);
            }

            if (taken < perMinute)
            {
                taken++;
                return true;
            }

            missed++;
            return false;
        }
    }

    /// <summary>How many lines were left out in minutes that have ended; each is told of once.</summary>
    /// <param name="isLast">Of this minute too.</param>
    public long TakeMissed(bool isLast = false)
    {
        lock (gate)
        {
            var now = clock.GetUtcNow();
            if (missed == 0 || (!isLast && now - begin < Minute && now >= begin))
            {
                return 0;
            }

            var count = missed;
            missed = 0;
            return count;
        }
    }

    /// <summary>Of a count that could not be written.</summary>
    public void GiveBack(long count)
    {
        lock (gate)
        {
            missed += count;
        }
    }
}
