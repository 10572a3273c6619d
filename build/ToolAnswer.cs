using System.Text.RegularExpressions;

namespace CiCompliance.Build;

/// <summary>What the tool printed, for the end of a run.</summary>
internal static partial class ToolAnswer
{
    /// <summary>
    /// Its lines; the command that verifies the evidence stands on a line of its own and names the tool by its path, so that it works as printed.
    /// </summary>
    public static IEnumerable<string> Lines(string answer, string tool) =>
        answer.TrimEnd('\n').Split('\n').SelectMany(line => Verify().Match(line) is { Success: true } match
            ? (string[])["", Quote(tool) + match.Groups[1].Value]
            : [line]);

    private static string Quote(string path) => Plain().IsMatch(path) ? path : $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    [GeneratedRegex("^(?:[^ ]+ ?[^ ]+[:：] ?)?cicompliance( verify evidence .*)$")]
    private static partial Regex Verify();

    [GeneratedRegex("^[A-Za-z0-9_./+:@=-]+$")]
    private static partial Regex Plain();
}
