using System.Globalization;

namespace CiCompliance.Server.GoProxy.Records;

/// <summary>A tile's path in a checksum database, below <c>tile/8/</c>: <c>L/N</c>, <c>L/N.p/W</c>, and <c>data</c> for L (golang.org/x/mod/sumdb/tlog, Tile.Path).</summary>
/// <param name="Level">0 to 7; null: the records themselves.</param>
/// <param name="Width">1 to 256.</param>
internal sealed record SumdbTilePath(int? Level, long Index, int Width)
{
    private const int FullWidth = 256;
    private const int MaxGroups = 5;

    public static SumdbTilePath? Parse(string path)
    {
        var parts = path.Split('/');
        var width = FullWidth;
        if (parts.Length > 2 && parts[^2].EndsWith(".p", StringComparison.Ordinal))
        {
            if (!int.TryParse(parts[^1], NumberStyles.None, CultureInfo.InvariantCulture, out width) || width is < 1 or >= FullWidth
                || width.ToString(CultureInfo.InvariantCulture) != parts[^1])
            {
                return null;
            }

            parts = [.. parts[..^2], parts[^2][..^2]];
        }

        int? level = parts[0] == "data" ? null : parts[0] is [>= '0' and <= '7'] ? parts[0][0] - '0' : -1;
        if (level == -1 || parts.Length is < 2 or > MaxGroups + 1)
        {
            return null;
        }

        var index = 0L;
        for (var i = 1; i < parts.Length; i++)
        {
            var isLast = i == parts.Length - 1;
            var digits = isLast ? parts[i] : parts[i] is ['x', ..] ? parts[i][1..] : "";
            if (digits.Length != 3 || !digits.All(char.IsAsciiDigit) || (i == 1 && !isLast && digits == "000"))
            {
                return null;
            }

            index = (index * 1000) + int.Parse(digits, CultureInfo.InvariantCulture);
        }

        return new(level, index, width);
    }
}
