using System.Text.RegularExpressions;

namespace CiCompliance.Go;

/// <summary>What may be printed or kept of values that can hold a secret.</summary>
internal static partial class Redaction
{
    private const string Mark = "***";

    /// <summary>Every <c>user:password@</c> of every URL in a list is replaced, and every query.</summary>
    public static string Url(string text) => Query().Replace(UserInfo().Replace(text, $"$1{Mark}@"), $"?{Mark}");

    /// <summary>The value of an environment variable as it is kept: URLs without secrets; of GIT_*, GOAUTH and unknown ones, only that they are set.</summary>
    public static string Value(string name, string value) => value.Length == 0 ? value
        : name.StartsWith("GIT_", StringComparison.Ordinal) || (name == "GOAUTH" && value is not ("off" or "netrc")) ? Mark
        : Url(value.Length > 4096 ? value[..4096] : value);

    /// <summary>Every URL of a list without its <c>user:password@</c>; a child that only prints the value needs none.</summary>
    public static string WithoutUserInfo(string text) => UserInfo().Replace(text, "$1");

    // No backtracking: the values are not ours. The user part ends at the last @ before the path, as URL parsers take it.
    [GeneratedRegex(@"([A-Za-z][A-Za-z0-9+.\-]*://)[^/\s,|]*@", RegexOptions.NonBacktracking)]
    private static partial Regex UserInfo();

    [GeneratedRegex(@"\?[^\s,|]+", RegexOptions.NonBacktracking)]
    private static partial Regex Query();
}
