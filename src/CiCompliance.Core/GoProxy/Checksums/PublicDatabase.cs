using System.Net;
using System.Text;
using CiCompliance.Go;
using CiCompliance.Go.Sumdb;
using CiCompliance.Keys;
using CiCompliance.TransparencyLog;

namespace CiCompliance.GoProxy.Checksums;

/// <param name="Id">Its number in the public database, which says when it came: see <see cref="TreeHeadHistory"/>.</param>
public sealed record PublicRecord(long Id, SumdbRecord Record);

/// <summary>
/// The public checksum database as a proxy asks it: every record is proved to stand in a signed tree, and every tree to continue, or to be continued by,
/// the newest one that was ever seen here. One that doesn't is an alarm, and both tree heads are kept. An alarm needs the database's own signature against it:
/// what anybody on the way could have made up is no answer.
/// </summary>
/// <param name="proxies">Module proxies that may pass the database on.</param>
public sealed class PublicDatabase(
    SumdbSetting setting, IReadOnlyList<string> proxies, TreeHeadHistory history, ISignatureVerifier signatures, HttpMessageInvoker http, TimeProvider clock) : IDisposable
{
    /// <summary>For all that one question needs of the database: who answers every request at the last moment holds nobody up for long.</summary>
    private static readonly TimeSpan MaxTime = TimeSpan.FromMinutes(2);

    /// <summary>The client has its tile after that, proved here or not.</summary>
    private static readonly TimeSpan MaxTimeOfTileProof = TimeSpan.FromSeconds(5);

    private readonly TileCache tiles = new();
    private readonly SemaphoreSlim heads = new(1, 1);
    private volatile string? root;
    private volatile TreeHead? trusted;

    public string Name => setting.Key.Name;

    public TreeHeadHistory History => history;

    /// <exception cref="CiComplianceException">There is no such record (CIC7112), the database lies (CIC7110) or gives no answer (CIC7109).</exception>
    public Task<PublicRecord> FindAsync(ModuleVersion module, CancellationToken cancellationToken) =>
        AskAsync(module.ToString(), (from, transport, limit) => LookupAsync(from, module, transport, limit), cancellationToken);

    /// <summary>
    /// Looks at the newest tree, so that ages are known of what nobody has asked for yet. The go command never asks for it, and a proxy need not pass it on.
    /// </summary>
    /// <exception cref="CiComplianceException">The database lies (CIC7110) or gives no answer (CIC7109).</exception>
    public Task ObserveAsync(CancellationToken cancellationToken) => AskAsync(Name, async (from, transport, limit) =>
    {
        var answer = await transport.GetAsync(new($"{from}/latest"), limit);
        var note = answer.Body ?? throw new HttpRequestException($"/latest answered {(int)answer.Status}");
        return await TrustAsync(HeadOf(note), Name, from, transport, limit);
    }, cancellationToken);

    /// <summary>
    /// Passes an answer on to a client that asks the public database itself. Tree heads in it must continue what was seen here; tiles the client
    /// verifies, as it does with the database's own.
    /// </summary>
    /// <param name="path">Below the database's root: <c>latest</c>, <c>lookup/M@V</c> or <c>tile/8/L/N</c>.</param>
    /// <returns>Null where the database has no such thing.</returns>
    /// <exception cref="CiComplianceException">The database lies (CIC7110) or gives no answer (CIC7109).</exception>
    public Task<byte[]?> RelayAsync(string path, CancellationToken cancellationToken) => AskAsync<byte[]?>(path, async (from, transport, limit) =>
    {
        if (await GetAsync(from, path, transport, limit) is not { } body)
        {
            return null;
        }

        var note = path == "latest" ? body : path.StartsWith("lookup/", StringComparison.Ordinal) ? LookupReply.Parse(body).Note : null;
        if (note is not null)
        {
            await TrustAsync(HeadOf(note), Name, from, transport, limit);
        }

        return body;
    }, cancellationToken);

    /// <summary>A full hash tile that was proved before, without asking anybody; null where it wasn't.</summary>
    public byte[]? FindTile(Tile tile) => tiles.FindProved(tile);

    /// <summary>Passes a full hash tile on. One that is shown to stand in the newest tree that was seen is kept; any other is the client's to verify, as it verifies all of them.</summary>
    /// <param name="tile">Of full width.</param>
    /// <returns>Null where the database has no such tile.</returns>
    /// <exception cref="CiComplianceException">The database gives no answer (CIC7109).</exception>
    public Task<byte[]?> RelayTileAsync(Tile tile, CancellationToken cancellationToken) => AskAsync(tile.Path, async (from, transport, limit) =>
    {
        var body = await GetAsync(from, tile.Path, transport, limit);
        if (body is not null && await StandsInNewestAsync(tile, body, from, transport, limit))
        {
            tiles.KeepProved(tile, body);
        }

        return body;
    }, cancellationToken);

    public void Dispose() => heads.Dispose();

    /// <summary>Null where the database has no such thing.</summary>
    private static async Task<byte[]?> GetAsync(string from, string path, SumdbTransport transport, CancellationToken cancellationToken)
    {
        var answer = await transport.GetAsync(new($"{from}/{path}"), cancellationToken);
        return answer.Body is not null || answer.Status is HttpStatusCode.NotFound or HttpStatusCode.Gone ? answer.Body
            : throw new HttpRequestException($"/{path} answered {(int)answer.Status}");
    }

    /// <summary>Every hash of the tile is part of the one that is proved. False too where no proof can be had.</summary>
    private async Task<bool> StandsInNewestAsync(Tile tile, byte[] content, string from, SumdbTransport transport, CancellationToken cancellationToken)
    {
        var height = Tile.Height * (tile.Level + 1);
        if (tile.Width != Tile.FullWidth || content.Length != Tile.FullWidth * MerkleProof.HashSize || trusted is not { } head || height >= 63 || tile.Index >= head.Size >> height)
        {
            return false;
        }

        using var limit = new TimeLimit(MaxTimeOfTileProof, clock, cancellationToken);
        try
        {
            return await ProveAsync(async () =>
            {
                var proof = await Tree(head, from, transport, limit.Token).InclusionProofAsync(tile.Index, height);
                var subtrees = ((head.Size - 1) >> height) + 1;
                return MerkleProof.ProvesInclusion(tile.Index, subtrees, TileTree.RootOf(content), proof, head.Root) ? true : null;
            });
        }
        catch (Exception e) when (e is HttpRequestException or InvalidDataException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return false;
        }
    }

    private async Task<T> AskAsync<T>(string origin, Func<string, SumdbTransport, CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
    {
        // A transport gives up for good after a failure that lasts; here the next request may find the database again.
        var transport = new SumdbTransport(http, clock);
        using var limit = new TimeLimit(MaxTime, clock, cancellationToken);
        try
        {
            var from = root ??= await SumdbFetch.FindAsync(setting, proxies, transport, limit.Token);
            return await ask(from, transport, limit.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            root = null;
            throw Refusals.DatabaseUnavailable(origin, Name, new HttpRequestException($"no proof within {MaxTime.TotalSeconds:0} s", e));
        }
        catch (Exception e) when (e is HttpRequestException or FormatException or InvalidDataException
            || (e is CiComplianceException known && known.Diagnostic == DependencyDiagnostics.DatabaseUnavailable))
        {
            // The next request looks for another way to the database.
            root = null;
            throw Refusals.DatabaseUnavailable(origin, Name, e);
        }
    }

    private async Task<PublicRecord> LookupAsync(string from, ModuleVersion module, SumdbTransport transport, CancellationToken cancellationToken)
    {
        var uri = new Uri($"{from}/lookup/{ModulePath.Escape(module.Path)}@{ModulePath.Escape(module.Version)}");
        var answer = await transport.GetAsync(uri, cancellationToken);
        if (answer.Body is not { } body)
        {
            throw answer.Status is HttpStatusCode.NotFound or HttpStatusCode.Gone
                ? Refusals.NotRecorded(module, Name)
                : new HttpRequestException($"/lookup answered {(int)answer.Status}");
        }

        var reply = LookupReply.Parse(body);
        var head = HeadOf(reply.Note);
        if (reply.Record.Module != module)
        {
            throw Refusals.DatabaseFalse(module.ToString(), Name, $"its answer is about {reply.Record.Module}", null);
        }

        if (reply.Id >= head.Size)
        {
            throw Refusals.DatabaseFalse(module.ToString(), Name, "the record's number is beyond the tree", null);
        }

        head = await TrustAsync(head, module.ToString(), from, transport, cancellationToken);
        return await StandsInAsync(head, reply, from, transport, cancellationToken) ? new(reply.Id, reply.Record)
            : throw Refusals.DatabaseFalse(module.ToString(), Name, "the record does not stand in the tree that was signed", null);
    }

    /// <summary>The note that was trusted last is not verified once more: a database signs a tree once.</summary>
    private TreeHead HeadOf(byte[] note) =>
        trusted is { } known && known.Note.AsSpan().SequenceEqual(note) ? known : TreeHead.Open(note, setting.Key, signatures);

    /// <returns>A tree head that holds what <paramref name="head"/> holds: that, or the newest.</returns>
    private async Task<TreeHead> TrustAsync(TreeHead head, string origin, string from, SumdbTransport transport, CancellationToken cancellationToken)
    {
        var known = trusted;
        if (known is not null && known.Size == head.Size && known.Root.AsSpan().SequenceEqual(head.Root))
        {
            history.SeenAgain(known.Size);
            return known;
        }

        while (true)
        {
            if (known is { Size: > 0 })
            {
                // Not under the lock: who gives tiles slowly holds up none but the requests that need them.
                var (older, newer) = head.Size < known.Size ? (head, known) : (known, head);
                if (!await ContinuesAsync(older, newer, from, transport, cancellationToken))
                {
                    history.KeepFork(older, newer);
                    throw Refusals.DatabaseFalse(origin, Name, $"its trees of {older.Size} and {newer.Size} records are of different histories", null);
                }

                if (newer.Size == known.Size)
                {
                    return newer;
                }
            }

            var newest = await ReplaceAsync(known, head, cancellationToken);
            if (ReferenceEquals(newest, head))
            {
                return head;
            }

            // Another one came meanwhile, or was kept from before: that is to be compared with.
            known = newest;
        }
    }

    /// <summary>Keeps a head as the newest where that is still the one it was compared with.</summary>
    /// <returns>The newest now.</returns>
    private async Task<TreeHead> ReplaceAsync(TreeHead? known, TreeHead head, CancellationToken cancellationToken)
    {
        await heads.WaitAsync(cancellationToken);
        try
        {
            var newest = trusted ??= history.ReadNewest(setting.Key, signatures);
            if (newest is not null && !ReferenceEquals(newest, known))
            {
                return newest;
            }

            history.Add(head);
            return trusted = head;
        }
        finally
        {
            heads.Release();
        }
    }

    /// <returns>False where the newer tree is shown, up to its signed root, to begin with another tree than the older one.</returns>
    /// <exception cref="InvalidDataException">The tiles lead to no signed root: they show nothing.</exception>
    private async Task<bool> ContinuesAsync(TreeHead older, TreeHead newer, string from, SumdbTransport transport, CancellationToken cancellationToken) =>
        await ProveAsync(async () =>
        {
            var tree = Tree(newer, from, transport, cancellationToken);
            var proof = await tree.ConsistencyProofAsync(older.Size);
            return MerkleProof.ProvesConsistency(older.Size, newer.Size, older.Root, newer.Root, proof) ? true
                : older.Size == newer.Size || MerkleProof.ProvesConsistency(older.Size, newer.Size, await tree.RootAsync(older.Size), newer.Root, proof) ? false
                : null;
        });

    /// <returns>False where another record is shown, up to the signed root, to stand at its place.</returns>
    /// <exception cref="InvalidDataException">As for <see cref="ContinuesAsync"/>.</exception>
    private async Task<bool> StandsInAsync(TreeHead head, LookupReply reply, string from, SumdbTransport transport, CancellationToken cancellationToken) =>
        await ProveAsync(async () =>
        {
            var tree = Tree(head, from, transport, cancellationToken);
            var proof = await tree.InclusionProofAsync(reply.Id);
            return MerkleProof.ProvesInclusion(reply.Id, head.Size, MerkleProof.LeafHash(Encoding.UTF8.GetBytes(reply.Record.Text)), proof, head.Root) ? true
                : MerkleProof.ProvesInclusion(reply.Id, head.Size, await tree.LeafAsync(reply.Id), proof, head.Root) ? false
                : null;
        });

    /// <summary>Tries a second time with tiles fetched afresh where those at hand show nothing: a false one must not stay.</summary>
    private async Task<bool> ProveAsync(Func<Task<bool?>> prove)
    {
        for (var attempt = 0; attempt < 2; attempt++)
        {
            if (await prove() is { } shown)
            {
                return shown;
            }

            tiles.Clear();
        }

        throw new InvalidDataException("its tiles do not lead to the tree that was signed");
    }

    private TileTree Tree(TreeHead head, string from, SumdbTransport transport, CancellationToken cancellationToken) =>
        new(head.Size, tile => tiles.GetAsync(tile, () => SumdbFetch.TileAsync(from, tile, transport, cancellationToken)));
}
