namespace CiCompliance.Server.Search;

/// <summary>The runs in a folder: which of them count, and which become one.</summary>
internal static class RunFiles
{
    /// <summary>The runs that follow one another from entry 0 on and are this log's. Whatever else lies there is removed.</summary>
    public static IReadOnlyList<IndexRun> Open(string folder, IIndexedLeaves leaves)
    {
        // Where a crash left both a merged run and its parts, the longer one counts.
        var files = Directory.EnumerateFiles(folder, "*" + IndexRun.Suffix).Select(IndexRun.TryOpen).OfType<IndexRun>()
            .OrderBy(run => run.From).ThenByDescending(run => run.To).ToList();
        var runs = new List<IndexRun>();
        foreach (var run in files)
        {
            if (run.From == (runs is [.., var last] ? last.To : 0) && run.To <= leaves.Size && leaves.Root(run.To).AsSpan().SequenceEqual(run.Root))
            {
                runs.Add(run);
            }
            else
            {
                run.Dispose();
            }
        }

        foreach (var file in Directory.EnumerateFiles(folder).Except(runs.Select(run => run.Path)))
        {
            File.Delete(file);
        }

        return runs;
    }

    /// <summary>The last runs, as soon as so many of one size stand behind one another.</summary>
    public static IReadOnlyList<IndexRun>? ToMerge(IReadOnlyList<IndexRun> runs, int fanIn)
    {
        var last = runs.TakeLast(fanIn).ToList();
        return last.Count == fanIn && last.All(run => run.To - run.From == last[0].To - last[0].From) ? last : null;
    }

    /// <summary>One run of several that follow one another. Their files stay.</summary>
    /// <exception cref="IOException">It cannot be written, or one of them is damaged.</exception>
    public static IndexRun Merge(string folder, IReadOnlyList<IndexRun> runs) =>
        IndexRun.Write(folder, runs[0].From, runs[^1].To, runs[^1].Root, Merged(runs));

    /// <summary>Makes a run again from the entries, in parts that are merged, so that memory stays bounded. It takes the old one's place on the disk.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="CiComplianceException">The entries are damaged too (CIC4001).</exception>
    public static IndexRun Rebuild(string folder, IIndexedLeaves leaves, IndexRun old, int partEntries, int fanIn, CancellationToken cancellationToken)
    {
        var parts = new List<IndexRun>();
        for (var from = old.From; from < old.To; from = parts[^1].To)
        {
            var part = new IndexTail(from);
            while (part.To < Math.Min(from + partEntries, old.To))
            {
                cancellationToken.ThrowIfCancellationRequested();
                part.Add(part.To, leaves.KeysOf(part.To));
            }

            parts.Add(IndexRun.Write(folder, part.From, part.To, leaves.Root(part.To), part.Sorted()));
            while (ToMerge(parts, fanIn) is { } equal)
            {
                MergeLast(equal.Count);
            }
        }

        if (parts.Count > 1)
        {
            MergeLast(parts.Count);
        }

        return parts[0];

        void MergeLast(int count)
        {
            var last = parts[^count..];
            parts.RemoveRange(parts.Count - count, count);
            parts.Add(Merge(folder, last));
            foreach (var part in last)
            {
                part.Dispose();
                File.Delete(part.Path);
            }
        }
    }

    private static IEnumerable<IndexRecord> Merged(IReadOnlyList<IndexRun> runs)
    {
        var queue = new PriorityQueue<IEnumerator<IndexRecord>, IndexRecord>();
        foreach (var records in runs.Select(run => run.ReadAll().GetEnumerator()))
        {
            Enqueue(records);
        }

        while (queue.TryDequeue(out var records, out var first))
        {
            yield return first;
            Enqueue(records);
        }

        void Enqueue(IEnumerator<IndexRecord> records)
        {
            if (records.MoveNext())
            {
                queue.Enqueue(records, records.Current);
            }
            else
            {
                records.Dispose();
            }
        }
    }
}
