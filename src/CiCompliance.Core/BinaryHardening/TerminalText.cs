using System.Text;

namespace CiCompliance.BinaryHardening;

/// <summary>Text from binaries and compilers on its way to a terminal or log: bounded, and without anything that moves a cursor or hides.</summary>
internal static class TerminalText
{
    public static string Clean(string text, int maxLength)
    {
        var result = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (result.Length >= maxLength)
            {
                return result.Append('…').ToString();
            }

            if (text[i] == '\u001b')
            {
                i = EndOfEscape(text, i);
            }
            else if (text[i] is '\n' or '\t' || !(char.IsControl(text[i]) || char.GetUnicodeCategory(text[i]) is
                System.Globalization.UnicodeCategory.Format or System.Globalization.UnicodeCategory.Surrogate or System.Globalization.UnicodeCategory.LineSeparator))
            {
                result.Append(text[i]);
            }
        }

        return result.ToString();
    }

    // ECMA-48: CSI sequences end with a byte from @ to ~; others are taken as two characters.
    private static int EndOfEscape(string text, int start)
    {
        if (start + 1 >= text.Length || text[start + 1] != '[')
        {
            return start + 1;
        }

        var end = start + 2;
        while (end < text.Length && text[end] is < '@' or > '~')
        {
            end++;
        }

        return end;
    }
}
