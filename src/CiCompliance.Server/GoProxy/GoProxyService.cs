using CiCompliance.Go;
using CiCompliance.GoProxy;
using CiCompliance.GoProxy.Checksums;
using CiCompliance.GoProxy.Sources;
using CiCompliance.GoProxy.Storage;
using CiCompliance.Keys;
using CiCompliance.Server.GoProxy.Records;
using CiCompliance.Server.Hosting;

namespace CiCompliance.Server.GoProxy;

/// <summary>Everything of the proxy but HTTP: the gate with its database, store and sources, and what is done from time to time.</summary>
internal sealed class GoProxyService : IAsyncDisposable
{
    /// <summary>To each server, more than are let out at once: nobody waits here for a way, and is taken for one that kept silent.</summary>
    private const int MaxConnections = 128;

    private readonly CancellationTokenSource stopping = new();
    private readonly List<IDisposable> owned = [];
    private readonly Task housekeeping;

    private GoProxyService(
        GoProxyOptions options, RecordBook records, IModuleSignatures signatures, ISignatureVerifier verifier, FileModuleStore store, DecisionFile decisions,
        GoProxyMetrics metrics, ServerEvents events, TimeProvider clock)
    {
        // The database is asked by ways of its own: an upstream that hangs takes none of them.
        var (http, sumdb) = (ModuleHttp.Create(MaxConnections), ModuleHttp.Create(MaxConnections));
        var configuration = options.Configuration;
        var rules = configuration.Rules;
        var database = configuration.Sumdb is { } setting
            ? new PublicDatabase(setting, [.. configuration.Upstreams.Select(upstream => upstream.Url.AbsoluteUri)],
                new TreeHeadHistory(TreeHeadHistory.FolderOf(Path.Combine(options.Path, "public"), setting.Key), rules.MinimumAge, clock), verifier, sumdb, clock)
            : null;
        owned.AddRange([http, sumdb, decisions]);
        if (database is not null)
        {
            owned.Add(database);
        }

        var sources = new ModuleSources(
            new SourceList([.. configuration.Upstreams.Select(upstream => new ListedSource(new HttpModuleSource(upstream.Url, upstream.RedirectHosts, http, clock), upstream.OnAnyError))]),
            options.PrivateSources);
        var gate = new ModuleGate(rules, sources, database, records, signatures, store, decisions, clock, stopping.Token);
        owned.Add(gate);
        Parts = new(rules, gate, store, records, database, decisions, metrics);
        housekeeping = new Housekeeping(configuration.Cache, rules, options.Repositories is { } repositories ? [store, repositories] : [store], database, decisions, metrics, events, clock).RunAsync(stopping.Token);
    }

    public ProxyParts Parts { get; }

    /// <exception cref="CiComplianceException">CIC4001-CIC4003, CIC4006, CIC4007, CIC7113.</exception>
    public static async Task<GoProxyService> OpenAsync(
        GoProxyOptions options, ISigner key, ISigner? sm2, IModuleSignatures signatures, ISignatureVerifier verifier, ServerEvents events, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        // First the database: its lock keeps a second proxy out of the whole folder.
        var records = RecordBook.Open(options.Path, key, sm2, verifier, events, clock, cancellationToken);
        try
        {
            var store = GoProxyFolder.StoreOf(options.Path, clock);
            store.Prepare();
            options.Repositories?.Prepare();
            var metrics = new GoProxyMetrics();
            var decisions = GoProxyFolder.OpenDecisions(options.Path, events, metrics, clock);
            return new(options, records, signatures, verifier, store, decisions, metrics, events, clock);
        }
        catch
        {
            await records.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        try
        {
            // First: what waits to be recorded must not wait for a large copy that is being removed.
            await Parts.Records.DisposeAsync();
            await housekeeping;
        }
        catch (OperationCanceledException) when (housekeeping.IsCanceled)
        {
            // That is how it ends.
        }
        finally
        {
            owned.ForEach(one => one.Dispose());
            stopping.Dispose();
        }
    }
}
