using System.Text;

namespace CiCompliance.Go;

/// <summary>A module version as go.sum names it.</summary>
public sealed record ModuleVersion(string Path, string Version) : IComparable<ModuleVersion>
{
    public int CompareTo(ModuleVersion? other) => other is null ? 1
        : string.CompareOrdinal(Path, other.Path) is var byPath and not 0 ? byPath
        : string.CompareOrdinal(Version, other.Version);

    public override string ToString() => $"{Path}@{Version}";

    public static bool operator <(ModuleVersion left, ModuleVersion right) => left.CompareTo(right) < 0;

    public static bool operator >(ModuleVersion left, ModuleVersion right) => left.CompareTo(right) > 0;

    public static bool operator <=(ModuleVersion left, ModuleVersion right) => left.CompareTo(right) <= 0;

    public static bool operator >=(ModuleVersion left, ModuleVersion right) => left.CompareTo(right) >= 0;
}

/// <summary>Module paths and versions as they stand in proxy URLs and cache file names: upper case becomes <c>!</c> and lower case (Go module reference, "Module proxies").</summary>
public static class ModulePath
{
    public const int MaxLength = 1024;

    /// <summary>Of a path element: it is a file's name in every cache.</summary>
    public const int MaxElement = 200;

    /// <exception cref="FormatException">Not a module path or version.</exception>
    public static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length + 4);
        foreach (var c in text)
        {
            _ = char.IsAsciiLetterUpper(c) ? escaped.Append('!').Append(char.ToLowerInvariant(c)) : escaped.Append(c);
        }

        return escaped.ToString();
    }

    /// <exception cref="FormatException">Not an escaped path or version.</exception>
    public static string Unescape(string text)
    {
        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '!')
            {
                i++;
                _ = i < text.Length && char.IsAsciiLetterLower(text[i])
                    ? plain.Append(char.ToUpperInvariant(text[i]))
                    : throw new LocalizedFormatException($"'{text}' is not an escaped module path", $"“{text}”不是转义的模块路径");
            }
            else
            {
                _ = char.IsAsciiLetterUpper(text[i]) ? throw new LocalizedFormatException($"'{text}' is not an escaped module path", $"“{text}”不是转义的模块路径") : plain.Append(text[i]);
            }
        }

        return plain.ToString();
    }

    /// <summary>Whether it may stand in a URL and in a file name: path elements of ASCII letters, digits and <c>-._~</c>, none of them <c>.</c> or <c>..</c>.</summary>
    public static bool IsPath(string text) =>
        text.Length is > 0 and <= MaxLength && text.Split('/').All(element =>
            element.Length > 0 && element is not ("." or "..") && element.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~'));

    /// <summary>Whether it looks as a canonical version: <c>v</c> and ASCII letters, digits and <c>-.+</c>.</summary>
    public static bool IsVersion(string text) =>
        text.Length is > 1 and <= 256 && text[0] == 'v' && char.IsAsciiDigit(text[1])
            && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '+');

    /// <summary>Whether it may stand in the place of a version where a branch, tag or commit is asked for; as the go command, none with a slash.</summary>
    public static bool IsQuery(string text) =>
        text.Length is > 0 and <= MaxElement && text[0] is not ('-' or '.') && text[^1] != '.' && !text.Contains("..", StringComparison.Ordinal)
            && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~' or '+');
}
