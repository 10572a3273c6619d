namespace CiCompliance.Source;

/// <summary>The patterns of signer rules. Never more steps than pattern times text: what is matched comes from the repository under test.</summary>
internal static class NamePattern
{
    /// <summary>Names divided by slashes: <c>*</c> stands for any text within a name, a name <c>**</c> for any number of names.</summary>
    /// <param name="path">Where it ends in a slash, the pattern matches if it could match something below.</param>
    public static bool MatchesPath(string pattern, string path)
    {
        var (names, parts) = (path.Split('/'), pattern.Split('/'));
        if (names[^1].Length == 0)
        {
            return MatchesBelow(parts, names[..^1]);
        }

        return Match(parts.Length, names.Length, part => parts[part] == "**", (part, name) => MatchesText(parts[part], names[name], StringComparison.Ordinal));
    }

    private static bool MatchesBelow(string[] parts, string[] names)
    {
        for (var at = 0; at < names.Length; at++)
        {
            if (at == parts.Length || parts[at] == "**")
            {
                return at < parts.Length;
            }

            if (!MatchesText(parts[at], names[at], StringComparison.Ordinal))
            {
                return false;
            }
        }

        return parts.Length > names.Length;
    }

    /// <summary><c>*</c> stands for any text; the case of ASCII letters is ignored.</summary>
    public static bool MatchesMail(string pattern, string mail) => MatchesText(pattern, mail, StringComparison.OrdinalIgnoreCase);

    private static bool MatchesText(string pattern, string text, StringComparison comparison) =>
        Match(pattern.Length, text.Length, i => pattern[i] == '*', (i, j) => string.Compare(pattern, i, text, j, 1, comparison) == 0);

    // On a mismatch only the last wildcard needs to take one more: earlier ones gain nothing that it can't.
    private static bool Match(int patternLength, int textLength, Func<int, bool> isWildcard, Func<int, int, bool> equal)
    {
        var (at, text, wildcard, resume) = (0, 0, -1, 0);
        while (text < textLength)
        {
            if (at < patternLength && isWildcard(at))
            {
                (wildcard, resume) = (at++, text);
            }
            else if (at < patternLength && equal(at, text))
            {
                at++;
                text++;
            }
            else if (wildcard >= 0)
            {
                (at, text) = (wildcard + 1, ++resume);
            }
            else
            {
                return false;
            }
        }

        while (at < patternLength && isWildcard(at))
        {
            at++;
        }

        return at == patternLength;
    }
}
