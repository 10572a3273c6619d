using System.Net;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Go.Sumdb;

/// <summary>Where a checksum database is reached, and its hash tiles.</summary>
internal static class SumdbFetch
{
    /// <summary>The first proxy whose /supported says 200; else, as the go command does after 404 and 410, the database itself.</summary>
    /// <exception cref="CiComplianceException">A proxy gives no answer (CIC1110).</exception>
    public static async Task<string> FindAsync(SumdbSetting setting, IReadOnlyList<string> proxies, SumdbTransport transport, CancellationToken cancellationToken)
    {
        if (setting.Url is { } url)
        {
            return url.AbsoluteUri.TrimEnd('/');
        }

        foreach (var proxy in proxies.TakeWhile(entry => entry is not ("direct" or "off")))
        {
            var root = $"{proxy.TrimEnd('/')}/sumdb/{setting.Key.Name}";
            SumdbAnswer answer;
            try
            {
                answer = await transport.GetAsync(new($"{root}/supported"), cancellationToken);
            }
            catch (Exception e) when (e is HttpRequestException or InvalidDataException)
            {
                throw new CiComplianceException(SumdbFindings.Unavailable(setting.Key.Name, e.Message), e);
            }

            switch (answer.Status)
            {
                case HttpStatusCode.OK:
                    return root;
                case HttpStatusCode.NotFound or HttpStatusCode.Gone:
                    continue;
                default:
                    throw new CiComplianceException(SumdbFindings.Unavailable(setting.Key.Name, $"/supported answered {(int)answer.Status}"));
            }
        }

        return $"https://{setting.Key.Name}";
    }

    /// <exception cref="HttpRequestException">It is not given.</exception>
    /// <exception cref="InvalidDataException">It has not its length.</exception>
    public static async Task<byte[]> TileAsync(string root, Tile tile, SumdbTransport transport, CancellationToken cancellationToken)
    {
        var answer = await transport.GetAsync(new($"{root}/{tile.Path}"), cancellationToken);
        if (answer.Status is HttpStatusCode.NotFound or HttpStatusCode.Gone && tile.Width < Tile.FullWidth)
        {
            // A database may drop a partial tile once the full one is there.
            answer = await transport.GetAsync(new($"{root}/{tile.Full.Path}"), cancellationToken);
            tile = answer.Body is null ? tile : tile.Full;
        }

        return answer.Body is not { } body ? throw new HttpRequestException($"/{tile.Path} answered {(int)answer.Status}")
            : body.Length == tile.Width * MerkleProof.HashSize ? body
            : throw new InvalidDataException($"/{tile.Path} has {body.Length} bytes");
    }
}
