using System.Buffers.Binary;
using CiCompliance.Server.Hosting;
using CiCompliance.TransparencyLog;
using Microsoft.AspNetCore.Http;

namespace CiCompliance.Server.Log.Http;

/// <summary>Rekor v2: one call to write, and the tree as static files (C2SP tlog-tiles), at the root and under <c>/api/v2/</c>.</summary>
internal sealed class RekorV2Api(LogService log, RequestBody bodies)
{
    public const string Prefix = "/api/v2/";

    // google.rpc.Code
    public const int InvalidArgument = 3;

    private const int AlreadyExists = 6;

    /// <returns>Null where there is no such file.</returns>
    public Task? Route(HttpContext context, string path) => context.Request.Method != "GET" ? null
        : path == "checkpoint" ? GetCheckpointAsync(context)
        : TilePath.TryParse(path) is { } tile && tile.IsWithin(log.Head.Checkpoint.Size) ? GetTileAsync(context, tile)
        : null;

    public async Task CreateAsync(HttpContext context)
    {
        var entry = log.Proposals.ReadV2(await bodies.ReadAsync(context));
        var logged = await log.Sequencer.AppendAsync(entry).WaitAsync(context.RequestAborted);
        if (logged.Head is not { } head)
        {
            log.Metrics.Duplicate();
            await Answers.WriteErrorAsync(context, 409, AlreadyExists, $"an equivalent entry already exists in the transparency log with index {logged.Index}");
            return;
        }

        await Answers.WriteJsonAsync(context, 201, writer => EntryAnswer.WriteV2(writer, log, logged.Index, entry.Body, head));
    }

    private Task GetCheckpointAsync(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-cache";
        return Answers.WriteTextAsync(context, log.Head.V2);
    }

    private Task GetTileAsync(HttpContext context, TilePath tile)
    {
        // What was once complete never changes; a partial one never does either, but another takes its place.
        context.Response.Headers.CacheControl = tile.IsFull ? "public, max-age=31536000, immutable" : "public, max-age=60";
        return tile.Level is { } level ? GetHashesAsync(context, level, tile) : GetEntriesAsync(context, tile);
    }

    private Task GetHashesAsync(HttpContext context, int level, TilePath tile)
    {
        var hashes = new byte[tile.Width * MerkleProof.HashSize];
        for (var i = 0; i < tile.Width; i++)
        {
            log.Store.Subtree(level * Tile.Height, tile.First + i).CopyTo(hashes, i * MerkleProof.HashSize);
        }

        return Answers.WriteAsync(context, 200, "application/octet-stream", hashes);
    }

    private async Task GetEntriesAsync(HttpContext context, TilePath tile)
    {
        context.Response.ContentType = "application/octet-stream";
        var output = context.Response.BodyWriter;
        for (var i = 0; i < tile.Width; i++)
        {
            var (body, _) = log.Store.Read(tile.First + i);
            BinaryPrimitives.WriteUInt16BigEndian(output.GetSpan(sizeof(ushort)), checked((ushort)body.Length));
            output.Advance(sizeof(ushort));
            await output.WriteAsync(body, context.RequestAborted);
        }
    }
}
