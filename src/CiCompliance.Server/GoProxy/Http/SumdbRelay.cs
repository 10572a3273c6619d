using CiCompliance.Go;
using CiCompliance.GoProxy;
using CiCompliance.GoProxy.Checksums;
using CiCompliance.Server.GoProxy.Records;
using CiCompliance.TransparencyLog;
using Microsoft.AspNetCore.Http;

namespace CiCompliance.Server.GoProxy.Http;

/// <summary>The public checksum database for clients that have its key in GOSUMDB: where they move over, or where nothing private is built.</summary>
internal sealed class SumdbRelay(PublicDatabase database, ModuleRules rules, IDecisionLog decisions) : IDisposable
{
    private const string Lookup = "lookup/";
    private const string Tiles = "tile/8/";

    // Of strangers' questions; the gate's own don't wait for them.
    private readonly WaitingRoom room = new(16, 64);

    /// <summary>What its paths begin with.</summary>
    public string Root { get; } = $"/sumdb/{database.Name}/";

    /// <param name="path">Behind <see cref="Root"/>.</param>
    /// <exception cref="CiComplianceException">The database lies (CIC7110) or gives no answer (CIC7109).</exception>
    public async Task<ProxyAnswer> AnswerAsync(string path, Language language, CancellationToken cancellationToken)
    {
        if (path == "supported")
        {
            return ProxyAnswer.Text("");
        }

        if (path.StartsWith(Lookup, StringComparison.Ordinal))
        {
            if (ModuleRequest.ParseVersion(path[Lookup.Length..]) is not { } module)
            {
                return ProxyAnswer.BadRequest("not module@version");
            }

            if (rules.IsPrivate(module.Path))
            {
                return DeveloperAnswers.NotAsked(module, database.Name, language);
            }
        }
        else if (path.StartsWith(Tiles, StringComparison.Ordinal))
        {
            return SumdbTilePath.Parse(path[Tiles.Length..]) is { } tile ? Answer(await TileAsync(path, tile, cancellationToken), "application/octet-stream") : ProxyAnswer.NotFound;
        }
        else if (path != "latest")
        {
            return ProxyAnswer.NotFound;
        }

        return Answer(await RelayAsync(() => database.RelayAsync(path, cancellationToken), cancellationToken), ProxyAnswer.PlainText);
    }

    public void Dispose() => room.Dispose();

    private static ProxyAnswer Answer(byte[]? body, string type) => body is null ? ProxyAnswer.NotFound : new(StatusCodes.Status200OK, type, body);

    /// <summary>Full hash tiles are the same for ever: one that was proved needs nobody's answer.</summary>
    private async Task<byte[]?> TileAsync(string path, SumdbTilePath parsed, CancellationToken cancellationToken)
    {
        if (parsed is not { Level: { } level, Width: Tile.FullWidth })
        {
            return await RelayAsync(() => database.RelayAsync(path, cancellationToken), cancellationToken);
        }

        var tile = new Tile(level, parsed.Index, parsed.Width);
        return database.FindTile(tile) ?? await RelayAsync(() => database.RelayTileAsync(tile, cancellationToken), cancellationToken);
    }

    private async Task<byte[]?> RelayAsync(Func<Task<byte[]?>> relay, CancellationToken cancellationToken)
    {
        var origin = new ModuleVersion(database.Name, "");
        try
        {
            using var place = await room.EnterAsync(origin, cancellationToken);
            return await relay();
        }
        catch (CiComplianceException e)
        {
            decisions.Refused(origin, "sumdb", e.Finding);
            throw;
        }
    }
}
