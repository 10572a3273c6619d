using System.Collections.Concurrent;
using CiCompliance.TransparencyLog;

namespace CiCompliance.GoProxy.Checksums;

/// <summary>Full tiles, which never change. Nothing in here is believed: a proof made from it is checked.</summary>
internal sealed class TileCache
{
    // 8 KiB each.
    private const int MaxTiles = 2048;

    private readonly ConcurrentDictionary<(int Level, long Index), byte[]> tiles = new();

    public async Task<byte[]> GetAsync(Tile tile, Func<Task<byte[]>> fetch)
    {
        if (tile.Width < Tile.FullWidth)
        {
            return await fetch();
        }

        if (tiles.TryGetValue((tile.Level, tile.Index), out var known))
        {
            return known;
        }

        var fetched = await fetch();
        if (tiles.Count >= MaxTiles)
        {
            tiles.Clear();
        }

        return tiles[(tile.Level, tile.Index)] = fetched;
    }

    /// <summary>After a proof from these tiles failed: a false tile must not stay.</summary>
    public void Clear() => tiles.Clear();
}
