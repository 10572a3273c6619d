using System.Globalization;
using System.Text.RegularExpressions;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Server.Log.Http;

/// <summary><c>tile/L/N[.p/W]</c> or <c>tile/entries/N[.p/W]</c> (C2SP tlog-tiles), as <see cref="Tile"/> names them.</summary>
/// <param name="Level">Level of the tile, null for entries.</param>
/// <param name="Width">1 to 256 hashes or entries.</param>
internal readonly partial record struct TilePath(int? Level, long Index, int Width)
{
    public bool IsFull => Width == Tile.FullWidth;

    /// <summary>Index of its first hash on its level, or of its first entry.</summary>
    public long First => Index << Tile.Height;

    /// <summary>Whether a tree of that size has it.</summary>
    public bool IsWithin(long size) => First + Width <= size >> ((Level ?? 0) * Tile.Height);

    /// <returns>Null where it is not exactly the name of a tile.</returns>
    public static TilePath? TryParse(string path)
    {
        if (Form().Match(path) is not { Success: true } match)
        {
            return null;
        }

        var index = Number(string.Concat(match.Groups["index"].Value.Where(char.IsAsciiDigit)));
        var width = match.Groups["width"] is { Success: true } partial ? (int)Number(partial.Value) : Tile.FullWidth;

        // A tile has one name: no leading group of zeros, and no part as wide as the whole. An index is far from where shifting it would overflow.
        return match.Groups["name"].Value == Tile.NameOf(index, width) && width <= Tile.FullWidth && index < 1L << 50
            ? new(match.Groups["level"].Value is "entries" ? null : (int)Number(match.Groups["level"].Value), index, width)
            : null;
    }

    private static long Number(string digits) => long.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\Atile/(?<level>entries|[0-7])/(?<name>(?<index>(x[0-9]{3}/){0,5}[0-9]{3})(\.p/(?<width>[1-9][0-9]{0,2}))?)\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Form();
}
