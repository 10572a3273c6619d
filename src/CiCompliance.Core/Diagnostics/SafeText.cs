using System.Buffers;
using System.Globalization;
using System.Text;

namespace CiCompliance.Diagnostics;

/// <summary>
/// Makes untrusted text (paths, commit text, tool output) harmless on a terminal, in a CI log, a page or a table: control, formatting,
/// invisible and unpaired characters are shown as escapes such as <c>\u202e</c>, so that no name can hide, reorder or overwrite what stands beside it.
/// </summary>
public static class SafeText
{
    /// <summary>Also true of each half of a surrogate pair: only <see cref="Line"/> sees whole characters.</summary>
    public static bool IsUnsafe(char c) => c == '\uFFFD' || IsUnsafe(char.GetUnicodeCategory(c));

    /// <summary>One line; what is unsafe is shown as an escape.</summary>
    /// <param name="maxLength">What lies behind so many characters is cut off, with an ellipsis in its place.</param>
    public static string Line(string text, int maxLength = int.MaxValue) => Escape(text, maxLength, keepLayout: false);

    /// <summary>As <see cref="Line"/>, but newlines and tabs stay and escape sequences go as a whole: for the output of compilers, which use them for colour.</summary>
    public static string Lines(string text, int maxLength) => Escape(text, maxLength, keepLayout: true);

    /// <summary>As <see cref="Line"/>, for the log of a CI runner, which looks for commands in what is printed.</summary>
    public static string LogLine(string text)
    {
        var line = Line(text);
        if (line.AsSpan().TrimStart().StartsWith("::"))
        {
            line = "\\" + line;
        }

        // ##[command] on GitHub and Azure, ##vso[…], ##teamcity[…]: these count anywhere in a line.
        // Single replacements would leave the second pair of "###".
        return line.Contains("##", StringComparison.Ordinal) ? line.Replace("#", "#\\", StringComparison.Ordinal) : line;
    }

    private static string Escape(string text, int maxLength, bool keepLayout)
    {
        if (text.Length <= maxLength && !text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            return text;
        }

        var result = new StringBuilder(Math.Min(text.Length, maxLength));
        for (var at = text.AsSpan(); !at.IsEmpty;)
        {
            if (result.Length >= maxLength)
            {
                return result.Append('…').ToString();
            }

            if (keepLayout && at[0] == '\u001b')
            {
                at = at[SequenceLength(at)..];
                continue;
            }

            var status = Rune.DecodeFromUtf16(at, out var rune, out var length);
            if ((status == OperationStatus.Done && rune != Rune.ReplacementChar && !IsUnsafe(Rune.GetUnicodeCategory(rune))) || (keepLayout && at[0] is '\n' or '\t'))
            {
                result.Append(at[..length]);
            }
            else
            {
                foreach (var unit in at[..length])
                {
                    AppendEscape(result, unit);
                }
            }

            at = at[length..];
        }

        return result.ToString();
    }

    private static bool IsUnsafe(UnicodeCategory category) => category is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;

    private static void AppendEscape(StringBuilder text, char unit) => _ = unit switch
    {
        '\n' => text.Append("\\n"),
        '\r' => text.Append("\\r"),
        '\t' => text.Append("\\t"),
        _ => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}"),
    };

    /// <summary>ECMA-48 §5.4: ESC [, parameter and intermediate bytes, one final byte. Of anything else the escape character alone, so that no text goes with it.</summary>
    private static int SequenceLength(ReadOnlySpan<char> text)
    {
        if (text.Length < 2 || text[1] != '[')
        {
            return 1;
        }

        var end = text[2..].IndexOfAnyExceptInRange(' ', '?');
        return end >= 0 && text[2 + end] is >= '@' and <= '~' ? end + 3 : 1;
    }
}
