using System.Globalization;
using System.Text.RegularExpressions;

namespace CiCompliance.GoProxy.Sources;

/// <summary>A version as the go command reads it: Semantic Versioning 2.0.0 with a <c>v</c> before it; <c>v1</c> and <c>v1.2</c> are short for <c>v1.0.0</c> and <c>v1.2.0</c>.</summary>
/// <param name="Prerelease">With its <c>-</c>, or empty.</param>
/// <param name="Build">With its <c>+</c>, or empty.</param>
internal sealed partial record SemanticVersion(string Major, string Minor, string Patch, string Prerelease, string Build) : IComparable<SemanticVersion>
{
    private const int MaxLength = 256;

    /// <summary>The mark of a version 2 or later of a module without go.mod (Go module reference, "+incompatible versions").</summary>
    public const string Incompatible = "+incompatible";

    /// <summary>All three numbers, no build.</summary>
    public string Canonical => $"v{Major}.{Minor}.{Patch}{Prerelease}";

    public bool IsIncompatible => Build == Incompatible;

    public static SemanticVersion? Parse(string text)
    {
        var match = text.Length <= MaxLength ? Form().Match(text) : Match.Empty;
        return match.Success
            ? new(match.Groups["major"].Value, Number("minor"), Number("patch"), match.Groups["pre"].Value, match.Groups["build"].Value)
            : null;

        string Number(string name) => match.Groups[name] is { Success: true, Value: var digits } ? digits : "0";
    }

    /// <summary>Whether a version is written in the one form that names it: complete, and without build but <c>+incompatible</c>.</summary>
    public static bool IsCanonical(string text) =>
        Parse(text) is { } version && text == version.Canonical + (version.IsIncompatible ? Incompatible : "");

    public static string TrimIncompatible(string version) =>
        version.EndsWith(Incompatible, StringComparison.Ordinal) ? version[..^Incompatible.Length] : version;

    /// <summary>Precedence (Semantic Versioning, item 11); the build does not count.</summary>
    public int CompareTo(SemanticVersion? other) => other is null ? 1
        : CompareNumbers(Major, other.Major) is var major and not 0 ? major
        : CompareNumbers(Minor, other.Minor) is var minor and not 0 ? minor
        : CompareNumbers(Patch, other.Patch) is var patch and not 0 ? patch
        : ComparePrereleases(Prerelease, other.Prerelease);

    /// <summary>Whether the major version is one that a module path with this last element takes; an empty one takes v0 and v1.</summary>
    public bool Matches(string pathMajor) => pathMajor.Length == 0 ? Major is "0" or "1" || IsIncompatible : "v" + Major == pathMajor;

    /// <summary>The patch number counted up or down; null below zero. Numbers have any length.</summary>
    internal static string? Step(string digits, int by) =>
        System.Numerics.BigInteger.Parse(digits, CultureInfo.InvariantCulture) + by is { Sign: >= 0 } number ? number.ToString(CultureInfo.InvariantCulture) : null;

    private static int CompareNumbers(string left, string right) =>
        left.Length != right.Length ? left.Length.CompareTo(right.Length) : string.CompareOrdinal(left, right);

    private static int ComparePrereleases(string left, string right)
    {
        if (left == right)
        {
            return 0;
        }

        if (left.Length == 0 || right.Length == 0)
        {
            return left.Length == 0 ? 1 : -1;
        }

        foreach (var (x, y) in left[1..].Split('.').Zip(right[1..].Split('.')))
        {
            var (isNumber, isOtherNumber) = (x.All(char.IsAsciiDigit), y.All(char.IsAsciiDigit));
            var order = isNumber != isOtherNumber ? (isNumber ? -1 : 1) : isNumber ? CompareNumbers(x, y) : string.CompareOrdinal(x, y);
            if (order != 0)
            {
                return order;
            }
        }

        return left.Count(c => c == '.').CompareTo(right.Count(c => c == '.'));
    }

    [GeneratedRegex(@"^v(?<major>0|[1-9][0-9]*)(\.(?<minor>0|[1-9][0-9]*)(\.(?<patch>0|[1-9][0-9]*)"
        + @"(?<pre>-(0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)(\.(0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*))*)?"
        + @"(?<build>\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?)?)?\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Form();
}
