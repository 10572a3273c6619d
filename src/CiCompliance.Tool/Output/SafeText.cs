using System.Globalization;
using System.Text;

namespace CiCompliance.Tool.Output;

/// <summary>
/// Makes untrusted text (paths, commit text, tool output) harmless on a terminal and in a CI log: no control characters, escape sequences,
/// direction overrides or invisible characters, and no line that a runner takes for a command.
/// </summary>
internal static class SafeText
{
    public static bool IsUnsafe(char c) => char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.Surrogate;

    /// <summary>One line; what is unsafe is shown as an escape.</summary>
    public static string Line(string text)
    {
        var at = text.AsSpan();
        var result = new StringBuilder(text.Length);
        while (!at.IsEmpty)
        {
            var status = Rune.DecodeFromUtf16(at, out var rune, out var length);
            if (status == System.Buffers.OperationStatus.Done && (length == 2 ? IsSafe(rune) : !IsUnsafe(at[0])))
            {
                result.Append(at[..length]);
            }
            else
            {
                foreach (var unit in at[..length])
                {
                    result.Append(Escape(unit));
                }
            }

            at = at[length..];
        }

        return result.ToString();
    }

    /// <summary>As <see cref="Line"/>, for the log of a CI runner, which looks for commands in what is printed.</summary>
    public static string LogLine(string text)
    {
        var line = Line(text);
        var start = line.AsSpan().TrimStart();
        if (start.StartsWith("::"))
        {
            line = "\\" + line;
        }

        // ##[command] on GitHub and Azure, ##vso[…], ##teamcity[…]: these count anywhere in a line.
        // Single replacements would leave the second pair of "###".
        return line.Contains("##", StringComparison.Ordinal) ? line.Replace("#", "#\\") : line;
    }

    private static bool IsSafe(Rune rune) => Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Format or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.Control);

    private static string Escape(char c) => c switch
    {
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        _ => $"\\u{(int)c:x4}",
    };
}
