using CiCompliance.Go;

namespace CiCompliance.GoProxy;

/// <summary>What the organisation lets through. What is private is never asked of a public source or database.</summary>
/// <param name="Private">Path prefixes of private modules. Each version of theirs needs a publisher's signature.</param>
/// <param name="Signed">Path prefixes of public modules whose versions need a publisher's signature too.</param>
/// <param name="Denied">What nobody gets.</param>
/// <param name="MinimumAge">How long a public version must have stood in the public checksum database.</param>
public sealed record ModuleRules(
    IReadOnlyList<string> Private,
    IReadOnlyList<string> Signed,
    IReadOnlyList<DeniedModules> Denied,
    TimeSpan MinimumAge)
{
    public bool IsPrivate(string path) => Private.Any(prefix => Concerns(prefix, path));

    public bool NeedsSignature(string path) => IsPrivate(path) || Signed.Any(prefix => Concerns(prefix, path));

    public DeniedModules? FindDenied(string path, string version) => Denied.FirstOrDefault(rule => rule.Covers(path, version));

    /// <summary>Whole path elements: <c>git.example.cn/team</c> covers <c>git.example.cn/team/x</c> and not <c>git.example.cn/teamwork</c>.</summary>
    public static bool Covers(string prefix, string path) =>
        path.StartsWith(prefix, StringComparison.Ordinal) && (path.Length == prefix.Length || path[prefix.Length] == '/');

    /// <summary>As <see cref="Covers"/>, in any spelling: most forges give one repository for all of them, and a rule must not be passed by with a capital letter.</summary>
    internal static bool Concerns(string prefix, string path) =>
        path.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) && (path.Length == prefix.Length || path[prefix.Length] == '/');
}

/// <summary>A line of the deny list.</summary>
/// <param name="Path">A module's path, or with <c>/...</c> at its end everything below it as well.</param>
/// <param name="Version">One version, or null: every version.</param>
/// <param name="Reason">For the developer whose build it stops; null: none was given.</param>
public sealed record DeniedModules(string Path, string? Version, string? Reason)
{
    private const string Below = "/...";

    public bool Covers(string path, string version) =>
        (Path.EndsWith(Below, StringComparison.Ordinal) ? ModuleRules.Concerns(Path[..^Below.Length], path) : string.Equals(Path, path, StringComparison.OrdinalIgnoreCase))
        && (Version is null || Version == version);

    /// <summary>Whether the path is denied in every version.</summary>
    public bool CoversAll(string path) => Version is null && Covers(path, "");
}
