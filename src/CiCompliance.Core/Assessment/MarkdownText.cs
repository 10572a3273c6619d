using System.Text;

namespace CiCompliance.Assessment;

/// <summary>Text from anywhere → GitHub-flavoured Markdown that shows exactly that text.</summary>
internal static class MarkdownText
{
    private const int MaxLength = 1000;
    private const string Special = "\\`*_{}[]#!|~^$";

    /// <summary>Running text: no markup, no link, no mention, no issue reference.</summary>
    public static string Of(string text)
    {
        var visible = SafeText.Line(text, MaxLength);
        var result = new StringBuilder();
        for (var i = 0; i < visible.Length; i++)
        {
            var c = visible[i];
            _ = c switch
            {
                '&' => result.Append("&amp;"),
                '<' => result.Append("&lt;"),
                '>' => result.Append("&gt;"),

                // GitHub looks for mentions after rendering; an empty comment keeps the name apart from the sign.
                '@' => result.Append("@<!-- -->"),

                // Addresses and :emoji: alike.
                ':' when i + 1 < visible.Length && visible[i + 1] != ' ' => result.Append("\\:"),
                _ when Special.Contains(c, StringComparison.Ordinal) => result.Append('\\').Append(c),
                _ => result.Append(c),
            };
        }

        return result.Replace("www.", "www\\.").ToString();
    }

    /// <summary>A code span whose fence is longer than any run of backticks inside. Not for table cells: a bar ends those even here.</summary>
    public static string Code(string text)
    {
        var visible = SafeText.Line(text, MaxLength);
        var (longest, run) = (0, 0);
        foreach (var c in visible)
        {
            run = c == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        var fence = new string('`', longest + 1);
        var padded = visible.Length == 0 || visible[0] is '`' or ' ' || visible[^1] is '`' or ' ' ? $" {visible} " : visible;
        return fence + padded + fence;
    }
}
