using System.Runtime.InteropServices;

namespace CiCompliance.Server.Search;

/// <summary>The youngest entries' records, in memory until they become a run. One writer, many readers.</summary>
internal sealed class IndexTail
{
    private readonly Lock gate = new();
    private readonly Dictionary<ulong, int> heads = [];
    private readonly List<(IndexRecord Record, int Older)> records = [];

    public IndexTail(long from)
    {
        From = from;
        To = from;
    }

    public long From { get; }

    /// <summary>After its last entry.</summary>
    public long To { get; private set; }

    public void Add(long entry, IEnumerable<ulong> keys)
    {
        lock (gate)
        {
            foreach (var key in keys)
            {
                ref var head = ref CollectionsMarshal.GetValueRefOrAddDefault(heads, key, out var known);
                records.Add((new IndexRecord(key, entry), known ? head : -1));
                head = records.Count - 1;
            }

            To = entry + 1;
        }
    }

    /// <summary>Entries with that key, youngest first.</summary>
    public void Find(ulong key, List<long> found, int limit)
    {
        lock (gate)
        {
            for (var at = heads.GetValueOrDefault(key, -1); at >= 0 && found.Count < limit; at = records[at].Older)
            {
                found.Add(records[at].Record.Entry);
            }
        }
    }

    public IndexRecord[] Sorted()
    {
        lock (gate)
        {
            var sorted = records.Select(item => item.Record).ToArray();
            Array.Sort(sorted);
            return sorted;
        }
    }
}
