using System.Collections.Concurrent;
using System.Net;
using CiCompliance.Keys;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Go.Sumdb;

/// <summary>What the checksum database says of one module version.</summary>
/// <param name="Id">Leaf index; null where there is no answer.</param>
/// <param name="Proof">Inclusion proof to the tree head of the <see cref="SumdbResult"/>; null unless it was verified.</param>
/// <param name="Finding">Why there is no proof; null exactly when there is one.</param>
public sealed record SumdbOutcome(long? Id, SumdbRecord? Record, IReadOnlyList<byte[]>? Proof, Finding? Finding);

/// <param name="Head">The newest tree head seen, that every proof leads to; null when nothing was answered.</param>
/// <param name="Findings">Tree heads that are no prefix of it.</param>
public sealed record SumdbResult(TreeHead? Head, IReadOnlyDictionary<ModuleVersion, SumdbOutcome> Outcomes, IReadOnlyList<Finding> Findings);

/// <summary>
/// Asks a checksum database with a pinned key, as the go command does (Go module reference, "Checksum database"), but for every go.sum line and keeping the
/// proofs. What is not answered is undecided; what is answered falsely is not compliant.
/// </summary>
/// <param name="proxies">GOPROXY entries in order; <c>direct</c> and <c>off</c> end the list.</param>
public sealed class SumdbClient(SumdbSetting setting, IReadOnlyList<string> proxies, ISignatureVerifier signatures, HttpMessageInvoker http, TimeProvider clock)
{
    private const int Parallelism = 16;
    private readonly SumdbTransport transport = new(http, clock);
    private readonly ConcurrentDictionary<string, Lazy<TreeHead>> heads = new(StringComparer.Ordinal);

    /// <exception cref="CiComplianceException">The database can't be reached at all (CIC1110).</exception>
    public async Task<SumdbResult> LookupAsync(IReadOnlyCollection<ModuleVersion> modules, CancellationToken cancellationToken)
    {
        var root = await SumdbFetch.FindAsync(setting, proxies, transport, cancellationToken);
        var outcomes = new ConcurrentDictionary<ModuleVersion, SumdbOutcome>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(modules, options, async (module, token) => outcomes[module] = await LookupAsync(root, module, token));
        var known = heads.Values.Where(head => head.IsValueCreated).Select(head => head.Value).OrderByDescending(head => head.Size).ToList();
        if (known.Count == 0)
        {
            return new(null, outcomes, []);
        }

        var tree = new TileTree(known[0].Size, tile => SumdbFetch.TileAsync(root, tile, transport, cancellationToken));
        await Parallel.ForEachAsync(modules, options, async (module, _) => outcomes[module] = await ProveAsync(tree, known[0], module, outcomes[module]));
        var findings = new List<Finding>();
        foreach (var older in known.Skip(1))
        {
            findings.AddRange(await CheckPrefixAsync(tree, known[0], older));
        }

        return new(known[0], outcomes, findings);
    }

    private async Task<SumdbOutcome> LookupAsync(string root, ModuleVersion module, CancellationToken cancellationToken)
    {
        try
        {
            var uri = new Uri($"{root}/lookup/{ModulePath.Escape(module.Path)}@{ModulePath.Escape(module.Version)}");
            var answer = await transport.GetAsync(uri, cancellationToken);
            if (answer.Body is not { } body)
            {
                return Failed(answer.Status is HttpStatusCode.NotFound or HttpStatusCode.Gone
                    ? SumdbFindings.NotInDatabase(module, setting.Key.Name)
                    : answer.Status == HttpStatusCode.Unauthorized ? SumdbFindings.NoToken(module)
                    : SumdbFindings.Unavailable(module.ToString(), $"/lookup answered {(int)answer.Status}"));
            }

            var reply = LookupReply.Parse(body);
            var head = heads.GetOrAdd(Convert.ToBase64String(reply.Note), _ => new(() => TreeHead.Open(reply.Note, setting.Key, signatures))).Value;
            return reply.Record.Module != module ? Failed(SumdbFindings.FalseAnswer(module, $"the record is of {reply.Record.Module}"))
                : reply.Id >= head.Size ? Failed(SumdbFindings.FalseAnswer(module, "the record number is beyond the tree head that came with it"))
                : new(reply.Id, reply.Record, null, null);
        }
        catch (HttpRequestException e)
        {
            return Failed(SumdbFindings.Unavailable(module.ToString(), e.Message));
        }
        catch (Exception e) when (e is FormatException or InvalidDataException)
        {
            return Failed(SumdbFindings.FalseAnswer(module, e.Message));
        }
    }

    private static async Task<SumdbOutcome> ProveAsync(TileTree tree, TreeHead head, ModuleVersion module, SumdbOutcome outcome)
    {
        if (outcome is not { Id: { } id, Record: { } record })
        {
            return outcome;
        }

        try
        {
            var proof = await tree.InclusionProofAsync(id);
            var leaf = MerkleProof.LeafHash(System.Text.Encoding.UTF8.GetBytes(record.Text));
            return MerkleProof.ProvesInclusion(id, head.Size, leaf, proof, head.Root)
                ? outcome with { Proof = proof }
                : outcome with { Finding = SumdbFindings.NotProved(module) };
        }
        catch (HttpRequestException e)
        {
            return outcome with { Finding = SumdbFindings.Unavailable(module.ToString(), e.Message) };
        }
        catch (InvalidDataException e)
        {
            return outcome with { Finding = SumdbFindings.FalseAnswer(module, e.Message) };
        }
    }

    private async Task<IEnumerable<Finding>> CheckPrefixAsync(TileTree tree, TreeHead newest, TreeHead older)
    {
        try
        {
            var proof = await tree.ConsistencyProofAsync(older.Size);
            return MerkleProof.ProvesConsistency(older.Size, newest.Size, older.Root, newest.Root, proof)
                ? []
                : [SumdbFindings.Forked(setting.Key.Name, older.Size, newest.Size)];
        }
        catch (Exception e) when (e is HttpRequestException or InvalidDataException)
        {
            return [SumdbFindings.Unavailable(setting.Key.Name, e.Message)];
        }
    }

    private static SumdbOutcome Failed(Finding finding) => new(null, null, null, finding);
}
