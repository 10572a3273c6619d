using CiCompliance.Go;
using CiCompliance.GoProxy;
using CiCompliance.GoProxy.Checksums;
using CiCompliance.Server.GoProxy.Records;
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
        else if (path != "latest" && !(path.StartsWith(Tiles, StringComparison.Ordinal) && SumdbTilePath.Parse(path[Tiles.Length..]) is not null))
        {
            return ProxyAnswer.NotFound;
        }

        var body = await RelayAsync(path, cancellationToken);
        return body is null ? ProxyAnswer.NotFound
            : path.StartsWith(Tiles, StringComparison.Ordinal) ? new(StatusCodes.Status200OK, "application/octet-stream", body)
            : new(StatusCodes.Status200OK, ProxyAnswer.PlainText, body);
    }

    public void Dispose() => room.Dispose();

    private async Task<byte[]?> RelayAsync(string path, CancellationToken cancellationToken)
    {
        var origin = new ModuleVersion(database.Name, "");
        try
        {
            using var place = await room.EnterAsync(origin, cancellationToken);
            return await database.RelayAsync(path, cancellationToken);
        }
        catch (CiComplianceException e)
        {
            decisions.Refused(origin, "sumdb", e.Finding);
            throw;
        }
    }
}
