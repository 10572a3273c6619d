using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace CiCompliance.Server.Log;

/// <summary>Counters of this process, in Prometheus' text form 0.0.4.</summary>
internal sealed class LogMetrics(TimeProvider clock)
{
    private const string Prefix = "cicompliance_log_";

    private readonly Histogram batchSizes = new([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]);
    private readonly Histogram seconds = new([0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]);
    private readonly ConcurrentDictionary<string, long> rejected = new(StringComparer.Ordinal);
    private long appended;
    private long duplicates;
    private long lastCheckpoint;

    public void Appended(int count, long integratedTime)
    {
        Interlocked.Add(ref appended, count);
        Volatile.Write(ref lastCheckpoint, integratedTime);
        batchSizes.Observe(count);
    }

    public void Duplicate() => Interlocked.Increment(ref duplicates);

    /// <summary>From the whole request to its answer.</summary>
    public void Answered(TimeSpan time) => seconds.Observe(time.TotalSeconds);

    /// <param name="reason">One of the words of this program, never a sender's.</param>
    public void Rejected(string reason) => rejected.AddOrUpdate(reason, 1, (_, count) => count + 1);

    /// <summary>The time of the last entry that was there at the start.</summary>
    public void StartedAt(long integratedTime) => Volatile.Write(ref lastCheckpoint, integratedTime);

    public string ToText(long treeSize, int queued, bool ready)
    {
        var text = new StringBuilder();
        Write(text, "appends_total", "counter", "Entries appended.", Interlocked.Read(ref appended));
        Write(text, "duplicates_total", "counter", "Entries that were in the log already.", Interlocked.Read(ref duplicates));
        Write(text, "tree_size", "gauge", "Entries in the log.", treeSize);
        Write(text, "queue_length", "gauge", "Entries that wait to be written.", queued);
        Write(text, "ready", "gauge", "1 when the last append worked.", ready ? 1 : 0);
        Write(text, "checkpoint_age_seconds", "gauge", "Seconds since the last batch was signed.",
            Math.Max(0, clock.GetUtcNow().ToUnixTimeSeconds() - Volatile.Read(ref lastCheckpoint)));
        text.Append(CultureInfo.InvariantCulture, $"# HELP {Prefix}rejected_total Requests refused.\n# TYPE {Prefix}rejected_total counter\n");
        foreach (var (reason, count) in rejected.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"{Prefix}rejected_total{{reason=\"{reason}\"}} {count}\n");
        }

        batchSizes.Write(text, Prefix + "batch_size", "Entries of one batch.");
        seconds.Write(text, Prefix + "append_seconds", "From the whole request to its answer.");
        return text.ToString();
    }

    private static void Write(StringBuilder text, string name, string type, string help, long value) =>
        text.Append(CultureInfo.InvariantCulture, $"# HELP {Prefix}{name} {help}\n# TYPE {Prefix}{name} {type}\n{Prefix}{name} {value}\n");

    private sealed class Histogram(double[] bounds)
    {
        private readonly long[] counts = new long[bounds.Length + 1];
        private readonly Lock gate = new();
        private double sum;

        public void Observe(double value)
        {
            var bucket = Array.FindIndex(bounds, bound => value <= bound);
            lock (gate)
            {
                counts[bucket < 0 ? bounds.Length : bucket]++;
                sum += value;
            }
        }

        public void Write(StringBuilder text, string name, string help)
        {
            lock (gate)
            {
                text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} histogram\n");
                var total = 0L;
                for (var i = 0; i <= bounds.Length; i++)
                {
                    total += counts[i];
                    var bound = i < bounds.Length ? bounds[i].ToString(CultureInfo.InvariantCulture) : "+Inf";
                    text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{le=\"{bound}\"}} {total}\n");
                }

                text.Append(CultureInfo.InvariantCulture, $"{name}_sum {sum:R}\n{name}_count {total}\n");
            }
        }
    }
}
