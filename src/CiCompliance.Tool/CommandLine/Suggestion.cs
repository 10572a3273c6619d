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

    /// <summary>Levenshtein distance; a swap of two letters costs two.</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                (diagonal, row[j]) = (row[j], cost);
            }
        }

        return row[b.Length];
    }
}
