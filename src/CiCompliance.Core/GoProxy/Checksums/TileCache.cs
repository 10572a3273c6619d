using System.Collections.Concurrent;
using CiCompliance.TransparencyLog;

namespace CiCompliance.GoProxy.Checksums;

/// <summary>Tiles, which never change in one width. Nothing in here is believed: a proof made from it is checked.</summary>
internal sealed class TileCache
{
    // 8 KiB each at most.
    private const int MaxTiles = 2048;

    private readonly ConcurrentDictionary<Tile, byte[]> tiles = new();

    public async Task<byte[]> GetAsync(Tile tile, Func<Task<byte[]>> fetch)
    {
        if (tiles.TryGetValue(tile, out var known))
        {
            return known;
        }

        var fetched = await fetch();
        if (tiles.Count >= MaxTiles)
        {
            tiles.Clear();
        }

        return tiles[tile] = fetched;
    }

    /// <summary>After a proof from these tiles failed: a false tile must not stay.</summary>
    public void Clear() => tiles.Clear();
}
