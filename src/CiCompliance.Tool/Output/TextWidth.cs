using System.Text;

namespace CiCompliance.Tool.Output;

/// <summary>Columns of a terminal: Chinese characters take two.</summary>
internal static class TextWidth
{
    public static int Of(string text) => text.EnumerateRunes().Sum(Of);

    public static string Cut(string text, int columns)
    {
        var result = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            columns -= Of(rune);
            if (columns < 0)
            {
                break;
            }

            result.Append(rune);
        }

        return result.ToString();
    }

    public static string Pad(string text, int columns) => text + new string(' ', Math.Max(0, columns - Of(text)));

    // East Asian Wide and Fullwidth (UAX #11), in the blocks that messages and names use.
    private static int Of(Rune rune) => rune.Value is >= 0x1100 and <= 0x115f or >= 0x2e80 and <= 0xa4cf or >= 0xac00 and <= 0xd7a3
        or >= 0xf900 and <= 0xfaff or >= 0xfe30 and <= 0xfe6f or >= 0xff00 and <= 0xff60 or >= 0xffe0 and <= 0xffe6 or >= 0x1f300 and <= 0x3fffd ? 2 : 1;
}
