using System.Globalization;
using System.Text;

namespace CiCompliance.Tool.Output;

/// <summary>Columns that a text takes in a terminal (Unicode UAX #11: wide and full-width characters take two, combining ones none).</summary>
internal static class TextWidth
{
    private const int MaxLabel = 64;

    public static int Of(string text) => text.EnumerateRunes().Sum(Of);

    public static string Pad(string text, int columns) => text + new string(' ', Math.Max(0, columns - Of(text)));

    /// <summary>Cuts to the width, with an ellipsis where something is lost.</summary>
    public static string Fit(string text, int columns)
    {
        if (Of(text) <= columns)
        {
            return text;
        }

        var result = new StringBuilder();
        var used = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            used += Of(rune);
            if (used > columns - 1)
            {
                break;
            }

            result.Append(rune);
        }

        return result.Append('…').ToString();
    }

    /// <summary>Columns for the labels of a table. A label that is longer than any of ours pushes its own row aside: cut, it could name another's.</summary>
    public static int OfColumn(IEnumerable<string> labels) => labels.Select(Of).Where(columns => columns <= MaxLabel).DefaultIfEmpty(MaxLabel).Max();

    private static int Of(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format ? 0
        : IsWide(rune.Value) ? 2
        : 1;

    private static bool IsWide(int c) => c is
        (>= 0x1100 and <= 0x115F) or (>= 0x2E80 and <= 0x303E) or (>= 0x3041 and <= 0xA4CF) or (>= 0xA960 and <= 0xA97F)
        or (>= 0xAC00 and <= 0xD7A3) or (>= 0xF900 and <= 0xFAFF) or (>= 0xFE10 and <= 0xFE19) or (>= 0xFE30 and <= 0xFE6F)
        or (>= 0xFF01 and <= 0xFF60) or (>= 0xFFE0 and <= 0xFFE6) or (>= 0x1F300 and <= 0x1FAFF) or (>= 0x20000 and <= 0x3FFFD);
}
