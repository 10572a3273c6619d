using System.Globalization;

namespace CiCompliance.Server.Log.Http;

/// <summary>
/// <c>tile/L/N[.p/W]</c> or <c>tile/entries/N[.p/W]</c> (C2SP tlog-tiles): N in groups of three digits, each but the last marked
/// <c>x</c>: 1234067 is <c>x001/x234/067</c>.
/// </summary>
/// <param name="Level">Level of the tile, null for entries.</param>
/// <param name="Width">1 to 256 hashes or entries.</param>
internal readonly record struct TilePath(int? Level, long Index, int Width)
{
    /// <summary>Levels of the tree in one tile, and 2 to this power hashes in a full one.</summary>
    public const int Height = 8;

    private const int FullWidth = 1 << Height;
    private const int MaxLevel = 7;
    private const int MaxGroups = 6;

    public bool IsFull => Width == FullWidth;

    /// <summary>Index of its first hash on its level, or of its first entry.</summary>
    public long First => Index << Height;

    /// <summary>Whether a tree of that size has it.</summary>
    public bool IsWithin(long size) => First + Width <= size >> ((Level ?? 0) * Height);

    /// <returns>Null where it is not exactly of this form.</returns>
    public static TilePath? TryParse(string path)
    {
        var parts = path.Split('/');
        if (parts is not ["tile", var level, ..] || parts.Length > 3 + MaxGroups)
        {
            return null;
        }

        var isPartial = parts is [.., var last, _] && last.EndsWith(".p", StringComparison.Ordinal);
        var width = isPartial ? Decimal(parts[^1], FullWidth - 1) : FullWidth;
        string[] groups = isPartial ? [.. parts[2..^2], parts[^2][..^2]] : parts[2..];
        return width is > 0 && IndexOf(groups) is { } index
            ? level == "entries" ? new(null, index, width.Value)
            : Decimal(level, MaxLevel) is { } number ? new(number, index, width.Value)
            : null
            : null;
    }

    private static long? IndexOf(string[] groups)
    {
        if (groups.Length is 0 or > MaxGroups || groups[0] == "x000")
        {
            return null;
        }

        var index = 0L;
        for (var i = 0; i < groups.Length; i++)
        {
            var isLast = i == groups.Length - 1;
            var digits = isLast ? groups[i] : groups[i] is ['x', .. var rest] ? rest : "";
            if (digits.Length != 3 || !digits.All(char.IsAsciiDigit))
            {
                return null;
            }

            index = (index * 1000) + int.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
        }

        // Far beyond any tree, and far from where shifting it would overflow.
        return index < 1L << 50 ? index : null;
    }

    private static int? Decimal(string text, int max) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= max
        && number.ToString(CultureInfo.InvariantCulture) == text
            ? number
            : null;
}
