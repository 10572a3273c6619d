using System.Text.RegularExpressions;

namespace CiCompliance.Cake.Running;

/// <summary>What the tool printed, for the end of a run.</summary>
internal static partial class AnswerLines
{
    /// <summary>
    /// Its lines; the command that verifies the evidence stands on a line of its own and names the tool by its path, so that it works as printed.
    /// </summary>
    public static IEnumerable<string> Of(string answer, ToolCommand tool) =>
        answer.TrimEnd('\n').Split('\n').SelectMany(line => Verify().Match(line) is { Success: true } match && SafeText.Line(line) == line
            ? (string[])["", (tool.Arguments.Count == 0 ? Quote(tool.Shown) : tool.Shown) + match.Groups[1].Value]
            : [Safe(line)]);

    // As the tool shows it: a CI runner takes some lines for commands.
    private static string Safe(string line) => DoorEnvironment.IsCi(Environment.GetEnvironmentVariable) ? SafeText.LogLine(line) : SafeText.Line(line);

    private static string Quote(string path) => Plain().IsMatch(path) ? path : $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    [GeneratedRegex("^(?:[^ ]+ ?[^ ]+[:：] ?)?cicompliance( verify evidence .*)$")]
    private static partial Regex Verify();

    [GeneratedRegex("^[A-Za-z0-9_./+:@=-]+$")]
    private static partial Regex Plain();
}
