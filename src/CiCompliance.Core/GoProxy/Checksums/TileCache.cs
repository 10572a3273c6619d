using System.Collections.Concurrent;
using CiCompliance.TransparencyLog;

namespace CiCompliance.GoProxy.Checksums;

/// <summary>Tiles, which never change in one width. Those that were proved are kept apart; nothing else in here is believed: a proof made from it is checked.</summary>
internal sealed class TileCache
{
    // 8 KiB each at most, of either kind.
    private const int MaxTiles = 2048;

    private readonly ConcurrentDictionary<Tile, byte[]> tiles = new();
    private readonly ConcurrentDictionary<Tile, byte[]> proved = new();

    /// <returns>Null where it is not proved.</returns>
    public byte[]? FindProved(Tile tile) => proved.GetValueOrDefault(tile);

    public async Task<byte[]> GetAsync(Tile tile, Func<Task<byte[]>> fetch) =>
        proved.TryGetValue(tile, out var known) || tiles.TryGetValue(tile, out known) ? known : Keep(tiles, tile, await fetch());

    /// <param name="content">Every byte of it was shown to stand under a signed root.</param>
    public void KeepProved(Tile tile, byte[] content) => Keep(proved, tile, content);

    /// <summary>After a proof from these tiles failed: a false tile must not stay.</summary>
    public void Clear() => tiles.Clear();

    private static byte[] Keep(ConcurrentDictionary<Tile, byte[]> kept, Tile tile, byte[] content)
    {
        if (kept.Count >= MaxTiles)
        {
            kept.Clear();
        }

        return kept[tile] = content;
    }
}
