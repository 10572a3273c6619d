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
/// the newest one that was ever seen here. One that doesn't is an alarm, and both tree heads are kept.
/// </summary>
/// <param name="proxies">Module proxies that may pass the database on.</param>
public sealed class PublicDatabase(
    SumdbSetting setting, IReadOnlyList<string> proxies, TreeHeadHistory history, ISignatureVerifier signatures, HttpMessageInvoker http, TimeProvider clock) : IDisposable
{
    private readonly TileCache tiles = new();
    private readonly SemaphoreSlim heads = new(1, 1);
    private volatile string? root;
    private volatile TreeHead? trusted;

    public string Name => setting.Key.Name;

    public TreeHeadHistory History => history;

    /// <exception cref="CiComplianceException">There is no such record (CIC7112), the database lies (CIC7110) or gives no answer (CIC7109).</exception>
    public Task<PublicRecord> FindAsync(ModuleVersion module, CancellationToken cancellationToken) =>
        AskAsync(module.ToString(), (from, transport) => LookupAsync(from, module, transport, cancellationToken), cancellationToken);

    /// <summary>
    /// Looks at the newest tree, so that ages are known of what nobody has asked for yet. The go command never asks for it, and a proxy need not pass it on.
    /// </summary>
    /// <exception cref="CiComplianceException">The database lies (CIC7110) or gives no answer (CIC7109).</exception>
    public Task ObserveAsync(CancellationToken cancellationToken) => AskAsync(Name, async (from, transport) =>
    {
        var answer = await transport.GetAsync(new($"{from}/latest"), cancellationToken);
        var note = answer.Body ?? throw new HttpRequestException($"/latest answered {(int)answer.Status}");
        return await TrustAsync(HeadOf(note), Name, from, transport, cancellationToken);
    }, cancellationToken);

    /// <summary>
    /// Passes an answer on to a client that asks the public database itself. Tree heads in it must continue what was seen here; hash tiles the client
    /// verifies, as it does with the database's own.
    /// </summary>
    /// <param name="path">Below the database's root: <c>latest</c>, <c>lookup/M@V</c> or <c>tile/8/L/N</c>.</param>
    /// <returns>Null where the database has no such thing.</returns>
    /// <exception cref="CiComplianceException">The database lies (CIC7110) or gives no answer (CIC7109).</exception>
    public Task<byte[]?> RelayAsync(string path, CancellationToken cancellationToken) => AskAsync<byte[]?>(path, async (from, transport) =>
    {
        var answer = await transport.GetAsync(new($"{from}/{path}"), cancellationToken);
        if (answer.Body is not { } body)
        {
            return answer.Status is HttpStatusCode.NotFound or HttpStatusCode.Gone ? null : throw new HttpRequestException($"/{path} answered {(int)answer.Status}");
        }

        var note = path == "latest" ? body : path.StartsWith("lookup/", StringComparison.Ordinal) ? LookupReply.Parse(body).Note : null;
        if (note is not null)
        {
            await TrustAsync(HeadOf(note), Name, from, transport, cancellationToken);
        }

        return body;
    }, cancellationToken);

    public void Dispose() => heads.Dispose();

    private async Task<T> AskAsync<T>(string origin, Func<string, SumdbTransport, Task<T>> ask, CancellationToken cancellationToken)
    {
        // A transport gives up for good after a failure that lasts; here the next request may find the database again.
        var transport = new SumdbTransport(http, clock);
        try
        {
            var from = root ??= await SumdbFetch.FindAsync(setting, proxies, transport, cancellationToken);
            return await ask(from, transport);
        }
        catch (Exception e) when (e is HttpRequestException || (e is CiComplianceException known && known.Diagnostic == DependencyDiagnostics.DatabaseUnavailable))
        {
            root = null;
            throw Refusals.DatabaseUnavailable(origin, Name, e);
        }
        catch (Exception e) when (e is FormatException or InvalidDataException)
        {
            throw Refusals.DatabaseFalse(origin, Name, e.Message, e);
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
        if (reply.Record.Module != module)
        {
            throw Refusals.DatabaseFalse(module.ToString(), Name, $"its answer is about {reply.Record.Module}", null);
        }

        var head = await TrustAsync(HeadOf(reply.Note), module.ToString(), from, transport, cancellationToken);
        if (reply.Id >= head.Size)
        {
            throw Refusals.DatabaseFalse(module.ToString(), Name, "the record's number is beyond the tree", null);
        }

        var proof = await Tree(head, from, transport, cancellationToken).InclusionProofAsync(reply.Id);
        if (!MerkleProof.ProvesInclusion(reply.Id, head.Size, MerkleProof.LeafHash(Encoding.UTF8.GetBytes(reply.Record.Text)), proof, head.Root))
        {
            tiles.Clear();
            throw Refusals.DatabaseFalse(module.ToString(), Name, "the record does not stand in the tree that was signed", null);
        }

        return new(reply.Id, reply.Record);
    }

    /// <summary>The note that was trusted last is not verified once more: a database signs a tree once.</summary>
    private TreeHead HeadOf(byte[] note) =>
        trusted is { } known && known.Note.AsSpan().SequenceEqual(note) ? known : TreeHead.Open(note, setting.Key, signatures);

    /// <returns>A tree head that holds what <paramref name="head"/> holds: that, or the newest.</returns>
    private async Task<TreeHead> TrustAsync(TreeHead head, string origin, string from, SumdbTransport transport, CancellationToken cancellationToken)
    {
        if (trusted is { } same && same.Size == head.Size && same.Root.AsSpan().SequenceEqual(head.Root))
        {
            history.SeenAgain(same.Size);
            return same;
        }

        await heads.WaitAsync(cancellationToken);
        try
        {
            var newest = trusted ??= history.ReadNewest(setting.Key, signatures);
            if (newest is null || newest.Size == 0)
            {
                history.Add(head);
                return trusted = head;
            }

            var (older, newer) = head.Size < newest.Size ? (head, newest) : (newest, head);
            var proof = await Tree(newer, from, transport, cancellationToken).ConsistencyProofAsync(older.Size);
            if (!MerkleProof.ProvesConsistency(older.Size, newer.Size, older.Root, newer.Root, proof))
            {
                tiles.Clear();
                history.KeepFork(older, newer);
                throw Refusals.DatabaseFalse(origin, Name, $"its trees of {older.Size} and {newer.Size} records are of different histories", null);
            }

            if (newer.Size > newest.Size)
            {
                history.Add(newer);
                trusted = newer;
            }

            return newer;
        }
        finally
        {
            heads.Release();
        }
    }

    private TileTree Tree(TreeHead head, string from, SumdbTransport transport, CancellationToken cancellationToken) =>
        new(head.Size, tile => tiles.GetAsync(tile, () => SumdbFetch.TileAsync(from, tile, transport, cancellationToken)));
}
