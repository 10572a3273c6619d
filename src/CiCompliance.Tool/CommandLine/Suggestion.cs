namespace CiCompliance.Tool.CommandLine;

/// <summary>The word that was probably meant.</summary>
internal static class Suggestion
{
    public static string? For(string word, IEnumerable<string> words)
    {
        if (word.Length is 0 or > 64)
        {
            return null;
        }

        var nearest = words.Distinct().Select(candidate => (Word: candidate, Distance: Distance(word, candidate)))
            .OrderBy(pair => pair.Distance).ThenBy(pair => pair.Word, StringComparer.Ordinal).FirstOrDefault();
        return nearest.Word is { } found && nearest.Distance <= Math.Max(2, found.Length / 4) ? found : null;
    }

    /// <summary>Optimal string alignment distance: a swap of two neighbours costs one, as it is one slip.</summary>
    private static int Distance(string a, string b)
    {
        var (before, above, row) = (new int[b.Length + 1], Enumerable.Range(0, b.Length + 1).ToArray(), new int[b.Length + 1]);
        for (var i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                row[j] = Math.Min(Math.Min(above[j], row[j - 1]) + 1, above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    row[j] = Math.Min(row[j], before[j - 2] + 1);
                }
            }

            (before, above, row) = (above, row, before);
        }

        return above[b.Length];
    }
}
