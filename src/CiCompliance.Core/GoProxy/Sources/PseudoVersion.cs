using System.Globalization;
using System.Text.RegularExpressions;

namespace CiCompliance.GoProxy.Sources;

/// <summary>The version of a commit that has none (Go module reference, "Pseudo-versions").</summary>
/// <param name="Base">What stands before the time, without its <c>.</c> or <c>-</c>: <c>v0.0.0</c>, <c>v1.2.4-0</c> or <c>v1.2.3-pre.0</c>.</param>
/// <param name="Timestamp">Fourteen digits, UTC; they need not be a time.</param>
/// <param name="Revision">Begin of the commit's id.</param>
internal sealed partial record PseudoVersion(string Base, string Timestamp, string Revision, string Build)
{
    /// <summary>Hexadecimal digits of the commit's id.</summary>
    public const int RevisionLength = 12;

    private const string TimeFormat = "yyyyMMddHHmmss";

    public static bool Is(string version) => Parse(version) is not null;

    public static PseudoVersion? Parse(string version)
    {
        var match = SemanticVersion.Parse(version) is null ? Match.Empty : Form().Match(version);
        if (!match.Success)
        {
            return null;
        }

        var build = match.Groups["build"].Value;
        var rest = version[..^build.Length];
        var revision = rest[(rest.LastIndexOf('-') + 1)..];
        rest = rest[..^(revision.Length + 1)];
        return new(rest[..^(TimeFormat.Length + 1)], rest[^TimeFormat.Length..], revision, build);
    }

    /// <summary>Null where the digits are no time.</summary>
    public DateTimeOffset? Time => DateTimeOffset.TryParseExact(Timestamp, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    /// <summary>The tagged version that it follows, empty where there is none.</summary>
    /// <exception cref="FormatException">There can be no such version.</exception>
    public string Preceding()
    {
        var version = SemanticVersion.Parse(Base)!;
        switch (version.Prerelease)
        {
            case "":
                return Build.Length == 0 ? "" : throw new FormatException("it has no preceding version, but a build");
            case "-0":
                return SemanticVersion.Step(version.Patch, -1) is { } patch
                    ? $"v{version.Major}.{version.Minor}.{patch}"
                    : throw new FormatException("the version before it would have a negative patch number");
            default:
                return Base[..^".0".Length];
        }
    }

    /// <param name="major">Of the module path, for example <c>v2</c>; empty means v0.</param>
    /// <param name="preceding">The version it follows, or null.</param>
    public static string Create(string major, SemanticVersion? preceding, DateTimeOffset time, string commit)
    {
        var segment = $"{time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture)}-{commit[..RevisionLength]}";
        return preceding is null ? $"{(major.Length == 0 ? "v0" : major)}.0.0-{segment}"
            : preceding.Prerelease.Length > 0 ? $"{preceding.Canonical}.0.{segment}"
            : $"v{preceding.Major}.{preceding.Minor}.{SemanticVersion.Step(preceding.Patch, 1)}-0.{segment}";
    }

    [GeneratedRegex(@"^v[0-9]+\.(0\.0-|[0-9]+\.[0-9]+-([^+]*\.)?0\.)[0-9]{14}-[A-Za-z0-9]+(?<build>\+[0-9A-Za-z.-]+)?\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Form();
}
