using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace CiCompliance.Cryptography.Tests.Mutations;

/// <summary>
/// Runs many inputs on one thread and watches over it: one that takes longer than any should, or allocates more than its size allows, fails. Not
/// a measurement: both bounds lie far above what is normal.
/// </summary>
internal sealed class Watchdog
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private volatile Running? running;

    public TimeSpan Longest { get; private set; }

    /// <summary>The most that one input allocated.</summary>
    public long MostAllocated { get; private set; }

    /// <summary>What any input may allocate: 64 bytes for each of its own, and 8 MiB.</summary>
    public static long UsualAllocation(int size) => (64L * size) + (8 << 20);

    public void Run(Action work)
    {
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                work();
            }
#pragma warning disable CA1031 // It is thrown again below.
            catch (Exception e)
#pragma warning restore CA1031
            {
                failure = e;
            }
        })
        { IsBackground = true };
        thread.Start();
        while (!thread.Join(TimeSpan.FromMilliseconds(200)))
        {
            if (running is { } now && Stopwatch.GetElapsedTime(now.Since) > Limit)
            {
                Assert.Fail($"it hangs for more than {Limit.TotalSeconds} s: {now.Describe()}");
            }
        }

        if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    /// <param name="describe">Says how to make this input again.</param>
    public T Measure<T>(long mayAllocate, Func<string> describe, Func<T> action)
    {
        var since = Stopwatch.GetTimestamp();
        running = new Running(since, describe);
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            return action();
        }
        finally
        {
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            running = null;
            var elapsed = Stopwatch.GetElapsedTime(since);
            Longest = elapsed > Longest ? elapsed : Longest;
            MostAllocated = Math.Max(MostAllocated, allocated);
            if (allocated > mayAllocate)
            {
                Assert.Fail($"{allocated:N0} bytes allocated where {mayAllocate:N0} may be: {describe()}");
            }
        }
    }

    private sealed record Running(long Since, Func<string> Describe);
}
