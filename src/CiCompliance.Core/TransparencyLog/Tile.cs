using System.Globalization;

namespace CiCompliance.TransparencyLog;

/// <summary>A tile of the tree (C2SP tlog-tiles): up to 256 hashes of level <c>8·Level</c>.</summary>
/// <param name="Index">Number of the tile on its level.</param>
/// <param name="Width">Hashes in it, 1 to 256.</param>
public readonly record struct Tile(int Level, long Index, int Width)
{
    /// <summary>Levels of the tree in one tile, and 2 to this power hashes in a full one.</summary>
    public const int Height = 8;

    public const int FullWidth = 1 << Height;

    /// <summary><c>tile/8/L/N</c>, the path in a Go checksum database.</summary>
    public string Path => "tile/8/" + Name;

    /// <summary><c>L/N</c>, N in groups of three digits, all but the last with an x; <c>.p/W</c> while it is partial.</summary>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"{Level}/{NameOf(Index, Width)}");

    public Tile Full => this with { Width = FullWidth };

    /// <summary>N in groups of three digits, and <c>.p/W</c> while it is partial: how a bundle of entries is called too.</summary>
    public static string NameOf(long index, int width)
    {
        var name = (index % 1000).ToString("D3", CultureInfo.InvariantCulture);
        for (var rest = index / 1000; rest > 0; rest /= 1000)
        {
            name = $"x{(rest % 1000).ToString("D3", CultureInfo.InvariantCulture)}/{name}";
        }

        return width == FullWidth ? name : string.Create(CultureInfo.InvariantCulture, $"{name}.p/{width}");
    }
}
