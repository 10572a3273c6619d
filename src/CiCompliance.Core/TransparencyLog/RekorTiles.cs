using System.Buffers.Binary;
using System.Net;

namespace CiCompliance.TransparencyLog;

/// <summary>
/// Checkpoint, tiles and entries of a Rekor v2 log as static files (C2SP tlog-tiles). What is read is a claim: proofs made of it end at a
/// signed root.
/// </summary>
internal sealed class RekorTiles : IDisposable
{
    private const int MaxTile = Tile.FullWidth * MerkleProof.HashSize;
    private const int MaxEntries = Tile.FullWidth * (sizeof(ushort) + ushort.MaxValue);

    /// <summary>Where a server has them: under its interface, or where a static server stands beside it, at the top.</summary>
    private static readonly string[] ServerBases = ["api/v2/", ""];

    private readonly ServiceHttp? own;
    private readonly ServiceHttp http;
    private readonly RekorAnswers answers;
    private volatile string? found;

    /// <param name="server">The log's server, which stays the caller's.</param>
    /// <param name="url">An address of its own with everything at the top; null: the server's.</param>
    /// <param name="timeout">For each try of a request to that address.</param>
    /// <exception cref="CiComplianceException">The address is not https (CIC4104).</exception>
    public RekorTiles(ServiceHttp server, string? url, TimeSpan timeout, RekorAnswers answers, TimeProvider clock)
    {
        own = url is null ? null : new ServiceHttp(RemoteService.Tiles, url, timeout, clock);
        http = own ?? server;
        this.answers = answers;
        found = own is null ? null : "";
    }

    /// <exception cref="CiComplianceException">CIC4101, CIC4102 or CIC4105.</exception>
    public async Task<byte[]> CheckpointAsync(CancellationToken cancellationToken) =>
        Content(await GetAsync("checkpoint", Checkpoint.MaxBytes, cancellationToken));

    /// <summary>The tree of that size; its proofs throw as <see cref="CheckpointAsync"/> does.</summary>
    public TileTree Tree(long size, CancellationToken cancellationToken) => new(size, tile => TileAsync(tile, cancellationToken));

    /// <summary>The body of entry number <paramref name="index"/>.</summary>
    public async Task<byte[]> EntryAsync(long index, long size, CancellationToken cancellationToken)
    {
        var bundle = index / Tile.FullWidth;
        var width = (int)Math.Min(Tile.FullWidth, size - (bundle * Tile.FullWidth));
        var content = await PartialOrFullAsync(part => "tile/entries/" + Tile.NameOf(bundle, part), width, MaxEntries, cancellationToken);
        for (var (at, number) = (0, (int)(index % Tile.FullWidth)); content.Length - at >= sizeof(ushort); number--)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(content.AsSpan(at));
            at += sizeof(ushort);
            if (content.Length - at < length)
            {
                break;
            }

            if (number == 0)
            {
                return content[at..(at + length)];
            }

            at += length;
        }

        throw answers.Malformed(new($"a bundle of entries does not reach entry {index}", $"条目包未涵盖第 {index} 条"));
    }

    public void Dispose() => own?.Dispose();

    private async Task<byte[]> TileAsync(Tile tile, CancellationToken cancellationToken)
    {
        var content = await PartialOrFullAsync(part => "tile/" + (tile with { Width = part }).Name, tile.Width, MaxTile, cancellationToken);
        return content.Length % MerkleProof.HashSize == 0 && content.Length >= tile.Width * MerkleProof.HashSize
            ? content
            : throw answers.Malformed(new($"tile {tile.Name} has {content.Length} bytes", $"tile {tile.Name} 为 {content.Length} 字节"));
    }

    /// <summary>Once a tile is full its partial ones may be gone; the full one begins with the same.</summary>
    private async Task<byte[]> PartialOrFullAsync(Func<int, string> path, int width, int maxBytes, CancellationToken cancellationToken)
    {
        var answer = await GetAsync(path(width), maxBytes, cancellationToken);
        return Content(IsMissing(answer) && width < Tile.FullWidth ? await GetAsync(path(Tile.FullWidth), maxBytes, cancellationToken) : answer);
    }

    private byte[] Content(ServiceAnswer answer) => answer.Status == HttpStatusCode.OK ? answer.Content : throw answers.Refused(answer);

    private async Task<ServiceAnswer> GetAsync(string path, int maxBytes, CancellationToken cancellationToken)
    {
        if (found is { } known)
        {
            return await http.SendAsync(HttpMethod.Get, known + path, null, cancellationToken, maxBytes);
        }

        ServiceAnswer answer = null!;
        foreach (var place in ServerBases)
        {
            answer = await http.SendAsync(HttpMethod.Get, place + path, null, cancellationToken, maxBytes);
            if (answer.Status == HttpStatusCode.OK)
            {
                found = place;
                break;
            }
        }

        return answer;
    }

    private static bool IsMissing(ServiceAnswer answer) => answer.Status is HttpStatusCode.NotFound or HttpStatusCode.Gone or HttpStatusCode.NotImplemented;
}
