using System.Diagnostics;
using System.Security.Cryptography;
using CiCompliance.Benchmarks.Load;

namespace CiCompliance.Benchmarks.Measuring;

/// <summary>How long the same thing took many times.</summary>
internal sealed class Timings(List<TimeSpan> times)
{
    private readonly List<TimeSpan> sorted = [.. times.Order()];

    /// <summary>One after the other, a tenth as many before that without counting.</summary>
    public static Timings Measure(int count, Action work)
    {
        // Until the compiler has seen what is hot.
        for (var i = 0; i < count / 10; i++)
        {
            work();
        }

        var times = new List<TimeSpan>(count);
        for (var i = 0; i < count; i++)
        {
            var start = Stopwatch.GetTimestamp();
            work();
            times.Add(Stopwatch.GetElapsedTime(start));
        }

        return new(times);
    }

    /// <summary>A number from 0 on, for what is asked for at random.</summary>
    public static long Any(long below) => (long)(BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))) % (ulong)below);

    public void Print(TextWriter output, string label) => output.WriteLine(
        $"    {label,-32} p50 {LoadResult.Quantile(sorted, 0.5).TotalMilliseconds,7:F3} ms   p99 {LoadResult.Quantile(sorted, 0.99).TotalMilliseconds,7:F3} ms   slowest {sorted[^1].TotalMilliseconds,7:F3} ms");
}
