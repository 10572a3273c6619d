using System.Globalization;
using System.Text;

namespace CiCompliance.Assessment;

/// <summary>
/// Texts from repositories and tools, made safe to look at: control, formatting and unpaired characters become <c>\u202E</c>-style
/// escapes, so that no name can hide, reorder or overwrite what stands beside it in a terminal, a page or a table.
/// </summary>
internal static class VisibleText
{
    public const int MaxLength = 2000;

    public static string Of(string text, int maxLength = MaxLength)
    {
        if (text.Length <= maxLength && text.All(c => c is >= ' ' and <= '~'))
        {
            return text;
        }

        var result = new StringBuilder(Math.Min(text.Length, maxLength) + 16);
        foreach (var rune in text.EnumerateRunes())
        {
            if (result.Length >= maxLength)
            {
                return result.Append('…').ToString();
            }

            _ = IsVisible(rune) ? result.Append(rune.ToString()) : result.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:X4}");
        }

        return result.ToString();
    }

    private static bool IsVisible(Rune rune) =>
        rune.Value != 0xFFFD && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
            or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
