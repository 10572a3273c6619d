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
    public async Task<PublicRecord> FindAsync(ModuleVersion module, CancellationToken cancellationToken)
    {
        // A transport gives up for good after a failure that lasts; here the next request may find the database again.
        var transport = new SumdbTransport(http, clock);
        try
        {
            root ??= await SumdbFetch.FindAsync(setting, proxies, transport, cancellationToken);
            return await LookupAsync(root, module, transport, cancellationToken);
        }
        catch (Exception e) when (e is HttpRequestException || (e is CiComplianceException known && known.Diagnostic == DependencyDiagnostics.DatabaseUnavailable))
        {
            root = null;
            throw Refusals.DatabaseUnavailable(module.ToString(), Name, e);
        }
        catch (Exception e) when (e is FormatException or InvalidDataException)
        {
            throw Refusals.DatabaseFalse(module.ToString(), Name, e.Message, e);
        }
    }

    /// <summary>
    /// Looks at the newest tree, so that ages are known of what nobody has asked for yet. The go command never asks for it, and a proxy need not pass it on.
    /// </summary>
    /// <exception cref="CiComplianceException">The database lies (CIC7110) or gives no answer (CIC7109).</exception>
    public async Task ObserveAsync(CancellationToken cancellationToken)
    {
        var transport = new SumdbTransport(http, clock);
        try
        {
            var from = root ??= await SumdbFetch.FindAsync(setting, proxies, transport, cancellationToken);
            var answer = await transport.GetAsync(new($"{from}/latest"), cancellationToken);
            await TrustAsync(
                TreeHead.Open(answer.Body ?? throw new HttpRequestException($"/latest answered {(int)answer.Status}"), setting.Key, signatures), Name, from, transport, cancellationToken);
        }
        catch (Exception e) when (e is HttpRequestException || (e is CiComplianceException known && known.Diagnostic == DependencyDiagnostics.DatabaseUnavailable))
        {
            root = null;
            throw Refusals.DatabaseUnavailable(Name, Name, e);
        }
        catch (Exception e) when (e is FormatException or InvalidDataException)
        {
            throw Refusals.DatabaseFalse(Name, Name, e.Message, e);
        }
    }

    public void Dispose() => heads.Dispose();

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

        var head = await TrustAsync(TreeHead.Open(reply.Note, setting.Key, signatures), module.ToString(), from, transport, cancellationToken);
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

    /// <returns>A tree head that holds what <paramref name="head"/> holds: that, or the newest.</returns>
    private async Task<TreeHead> TrustAsync(TreeHead head, string origin, string from, SumdbTransport transport, CancellationToken cancellationToken)
    {
        if (trusted is { } same && same.Size == head.Size && same.Root.AsSpan().SequenceEqual(head.Root))
        {
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
