using System.Globalization;
using System.Text;
using CiCompliance.Go;
using CiCompliance.GoProxy;
using CiCompliance.Server.GoProxy.Records;
using CiCompliance.TransparencyLog;
using Microsoft.AspNetCore.Http;

namespace CiCompliance.Server.GoProxy.Http;

/// <summary>The proxy's own checksum database (Go module reference, "Checksum database").</summary>
internal sealed class SumdbApi(RecordBook records, ModuleGate gate, ModuleRules rules)
{
    private const string Lookup = "lookup/";
    private const string Tiles = "tile/8/";

    /// <param name="path">Behind the database's root, without the slash.</param>
    /// <exception cref="CiComplianceException">The module doesn't pass, or nobody can say.</exception>
    /// <exception cref="CiCompliance.GoProxy.Sources.ModuleNotFoundException">There is no such module.</exception>
    public async Task<ProxyAnswer> AnswerAsync(string path, Caller caller, CancellationToken cancellationToken)
    {
        if (path == "supported")
        {
            return ProxyAnswer.Text("");
        }

        if (path == "latest")
        {
            return new(StatusCodes.Status200OK, ProxyAnswer.PlainText, records.Store.Head.Note);
        }

        return path.StartsWith(Lookup, StringComparison.Ordinal) ? await LookupAsync(path[Lookup.Length..], caller, cancellationToken)
            : path.StartsWith(Tiles, StringComparison.Ordinal) ? Tile(path[Tiles.Length..], caller)
            : ProxyAnswer.NotFound;
    }

    private async Task<ProxyAnswer> LookupAsync(string escaped, Caller caller, CancellationToken cancellationToken)
    {
        if (ModuleRequest.ParseVersion(escaped) is not { } module)
        {
            return ProxyAnswer.BadRequest("not module@version");
        }

        if (!caller.IsReader && rules.IsPrivate(module.Path))
        {
            return DeveloperAnswers.NoToken(caller.Language);
        }

        await gate.RecordAsync(module, cancellationToken);
        var (id, record) = records.Lookup(module) ?? throw new InvalidOperationException($"{module} was recorded and is not found");
        var head = records.Store.Head;
        return new(StatusCodes.Status200OK, ProxyAnswer.PlainText,
            [.. Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}\n{record.Text}\n")), .. head.Note]);
    }

    private ProxyAnswer Tile(string path, Caller caller)
    {
        if (SumdbTilePath.Parse(path) is not { } tile)
        {
            return ProxyAnswer.BadRequest("not a tile");
        }

        var size = records.Store.Head.Size;
        var shift = 8 * (tile.Level ?? 0);
        var first = tile.Index * 256;
        if (first + tile.Width > size >> shift)
        {
            return ProxyAnswer.NotFound;
        }

        if (tile.Level is not { } level)
        {
            return caller.IsReader ? Records(first, tile.Width) : DeveloperAnswers.NoToken(caller.Language);
        }

        var hashes = new byte[tile.Width * MerkleProof.HashSize];
        for (var i = 0; i < tile.Width; i++)
        {
            records.Store.Subtree(shift, first + i).CopyTo(hashes, i * MerkleProof.HashSize);
        }

        return new(StatusCodes.Status200OK, "application/octet-stream", hashes) { IsImmutable = tile.Width == 256 };
    }

    private ProxyAnswer Records(long first, int width)
    {
        var text = new StringBuilder();
        for (var i = 0; i < width; i++)
        {
            text.Append(records.Store.Read(first + i).Text).Append('\n');
        }

        return new(StatusCodes.Status200OK, ProxyAnswer.PlainText, Encoding.UTF8.GetBytes(text.ToString())) { IsImmutable = width == 256 };
    }
}
