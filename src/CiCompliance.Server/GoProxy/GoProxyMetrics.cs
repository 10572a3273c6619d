using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using CiCompliance.Server.GoProxy.Records;

namespace CiCompliance.Server.GoProxy;

/// <summary>Counters of this process, in Prometheus' text form 0.0.4.</summary>
internal sealed class GoProxyMetrics
{
    private const string Prefix = "cicompliance_goproxy_";

    private readonly ConcurrentDictionary<string, long> answered = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> refused = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> admitted = new(StringComparer.Ordinal);
    private long evicted;

    /// <param name="outcome">One of the words of this program.</param>
    public void Answered(string outcome) => Add(answered, outcome);

    /// <param name="code">A diagnostic's.</param>
    public void Refused(string code) => Add(refused, code);

    /// <param name="file"><c>go.mod</c> or <c>zip</c>.</param>
    public void Admitted(string file) => Add(admitted, file);

    public void Evicted(int count) => Interlocked.Add(ref evicted, count);

    public byte[] ToBytes(RecordBook records)
    {
        var text = new StringBuilder();
        Write(text, "answers_total", "counter", "Requests answered, by outcome.", "outcome", answered);
        Write(text, "refusals_total", "counter", "Requests refused, by diagnostic.", "code", refused);
        Write(text, "admissions_total", "counter", "Files verified and kept.", "file", admitted);
        Write(text, "evictions_total", "counter", "Files and copies of repositories that left the cache.", Interlocked.Read(ref evicted));
        Write(text, "records", "gauge", "Records in the checksum database.", records.Store.Head.Size);
        Write(text, "ready", "gauge", "1 when the checksum database can be written.", records.IsHealthy ? 1 : 0);
        return Encoding.ASCII.GetBytes(text.ToString());
    }

    private static void Add(ConcurrentDictionary<string, long> counts, string name) => counts.AddOrUpdate(name, 1, (_, count) => count + 1);

    private static void Write(StringBuilder text, string name, string type, string help, long value)
    {
        Head(text, name, type, help);
        text.Append(CultureInfo.InvariantCulture, $"{Prefix}{name} {value}\n");
    }

    private static void Write(StringBuilder text, string name, string type, string help, string label, ConcurrentDictionary<string, long> counts)
    {
        Head(text, name, type, help);
        foreach (var (value, count) in counts.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"{Prefix}{name}{{{label}=\"{value}\"}} {count}\n");
        }
    }

    private static void Head(StringBuilder text, string name, string type, string help) =>
        text.Append(CultureInfo.InvariantCulture, $"# HELP {Prefix}{name} {help}\n# TYPE {Prefix}{name} {type}\n");
}
