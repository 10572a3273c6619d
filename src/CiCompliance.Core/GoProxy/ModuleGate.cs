using CiCompliance.Go;
using CiCompliance.Go.Sumdb;
using CiCompliance.GoProxy.Checksums;
using CiCompliance.GoProxy.Sources;
using CiCompliance.GoProxy.Storage;

namespace CiCompliance.GoProxy;

/// <summary>
/// Lets a module through only when its provenance holds. Nothing is kept or given before: public modules are what the public checksum database proves,
/// private ones what a publisher signed, and each is what the proxy's own database recorded at first, for ever.
/// </summary>
public sealed class ModuleGate : IDisposable
{
    private static readonly string[] PrivateFiles = ["go.mod", "zip"];

    private readonly ModuleRules rules;
    private readonly IModuleSignatures signatures;
    private readonly IDecisionLog log;
    private readonly CancellationToken stopping;
    private readonly SingleFlight<(ModuleVersion, ModuleRequestKind), StoredModule> flights = new();
    private readonly SingleFlight<ModuleVersion, SumdbRecord> lookups = new();
    private readonly ModuleFetcher fetcher;
    private readonly RecordedModules recorded;
    private readonly KeptModules kept;
    private readonly GateDecisions decisions;
    private readonly ModuleQuestions questions;
    private readonly PublicProvenance provenance;

    /// <param name="database">Null where the proxy has no way to the public one: then only what is recorded already passes.</param>
    /// <param name="stopping">Ends all work.</param>
    public ModuleGate(
        ModuleRules rules, IModuleSources sources, PublicDatabase? database, IModuleRecords records, IModuleSignatures signatures, IModuleStore store, IDecisionLog decisions,
        TimeProvider clock, CancellationToken stopping)
    {
        this.rules = rules;
        this.signatures = signatures;
        this.stopping = stopping;
        log = decisions;
        fetcher = new(sources, store, stopping);
        recorded = new(records, decisions, stopping);
        kept = new(store, records);
        this.decisions = new(rules, decisions, clock);
        questions = new(rules, fetcher, kept, this.decisions, stopping);
        provenance = new(rules, database, recorded, signatures, questions, clock, stopping);
    }

    /// <exception cref="CiComplianceException">CIC7101, CIC7108 or CIC7113.</exception>
    /// <exception cref="ModuleNotFoundException">No source knows the module.</exception>
    public Task<IReadOnlyList<string>> ListAsync(string path, CancellationToken cancellationToken) => questions.ListAsync(path, cancellationToken);

    /// <exception cref="CiComplianceException">CIC7101 or CIC7108.</exception>
    /// <exception cref="ModuleNotFoundException">No source knows the module.</exception>
    public Task<ModuleInfo> LatestAsync(string path, CancellationToken cancellationToken) => questions.LatestAsync(path, cancellationToken);

    /// <summary>What a version or query stands for. It is no promise that the version passes: go.mod and zip are what is built from.</summary>
    /// <exception cref="CiComplianceException">CIC7101, CIC7108 or CIC7113.</exception>
    /// <exception cref="ModuleNotFoundException">No source knows it.</exception>
    public Task<ModuleInfo> InfoAsync(string path, string query, CancellationToken cancellationToken) => questions.InfoAsync(path, query, cancellationToken);

    /// <returns>Its <see cref="StoredModule.GoMod"/> is there.</returns>
    /// <exception cref="CiComplianceException">It doesn't pass, or nobody can say.</exception>
    /// <exception cref="ModuleNotFoundException">No source has it.</exception>
    public Task<StoredModule> GoModAsync(ModuleVersion module, CancellationToken cancellationToken) => AdmitAsync(module, ModuleRequestKind.GoMod, cancellationToken);

    /// <returns>Its <see cref="StoredModule.Zip"/> is there.</returns>
    /// <exception cref="CiComplianceException">It doesn't pass, or nobody can say.</exception>
    /// <exception cref="ModuleNotFoundException">No source has it.</exception>
    public Task<StoredModule> ZipAsync(ModuleVersion module, CancellationToken cancellationToken) => AdmitAsync(module, ModuleRequestKind.Zip, cancellationToken);

    /// <summary>The module version's record in the proxy's own checksum database; one that isn't there yet is proved first.</summary>
    /// <exception cref="CiComplianceException">It doesn't pass, or nobody can say.</exception>
    /// <exception cref="ModuleNotFoundException">No source has it.</exception>
    public async Task<SumdbRecord> RecordAsync(ModuleVersion module, CancellationToken cancellationToken)
    {
        decisions.CheckDenied(module);
        return recorded.Find(module)
            ?? await lookups.RunAsync(module, () => decisions.DecidedAsync(module, "record", async () =>
            {
                if (!rules.IsPrivate(module.Path))
                {
                    return (await provenance.FindAsync(module)).Record;
                }

                await ZipAsync(module, stopping);
                return recorded.Find(module) ?? throw new InvalidOperationException($"{module} passed without a record");
            }), cancellationToken);
    }

    public void Dispose() => fetcher.Dispose();

    private async Task<StoredModule> AdmitAsync(ModuleVersion module, ModuleRequestKind kind, CancellationToken cancellationToken)
    {
        decisions.CheckDenied(module);
        if (kept.Find(module) is { } stored && (stored.Signer is not null || !rules.NeedsSignature(module.Path)) && kept.FileOf(module, kind, stored) is not null)
        {
            return stored;
        }

        decisions.CheckRemembered(module, kind);

        // A private module's files come together.
        var isPrivate = rules.IsPrivate(module.Path);
        var name = kind == ModuleRequestKind.Zip ? "zip" : "go.mod";
        return await flights.RunAsync((module, isPrivate ? ModuleRequestKind.Zip : kind), () => decisions.DecidedAsync(module, name, async () =>
        {
            try
            {
                var admitted = isPrivate ? await AdmitPrivateAsync(module)
                    : kind == ModuleRequestKind.Zip ? await AdmitZipAsync(module)
                    : await AdmitGoModAsync(module);

                // Written down first: what the store knows of is given to the next one without being looked at again.
                var passing = admitted(kept.Find(module) ?? StoredModule.Of(module));
                await Task.WhenAll((isPrivate ? PrivateFiles : [name]).Select(file => log.PassedAsync(module, file, passing)));
                return kept.Change(module, admitted);
            }
            catch (CiComplianceException e) when (e.Diagnostic.Kind == DiagnosticKind.NotCompliant)
            {
                decisions.Remember(module, kind, e.Finding);
                throw;
            }
        }), cancellationToken);
    }

    private async Task<Func<StoredModule, StoredModule>> AdmitGoModAsync(ModuleVersion module)
    {
        // Both are asked at once: where they are far away, that is half the time.
        var proving = provenance.RequireAsync(module);
        try
        {
            if (kept.FileOf(module, ModuleRequestKind.GoMod) is not null)
            {
                return Signed((await proving).Signer);
            }

            using var goMod = await fetcher.GoModAsync(module, isPrivate: false);
            var (record, signer) = await proving;
            Compare(module, "go.mod", record.GoMod, goMod);
            goMod.Keep();
            return stored => Signed(signer)(stored with { GoMod = goMod.Stored, Source = goMod.Source });
        }
        catch
        {
            // What is said of the module counts before what its source says.
            await proving;
            throw;
        }
    }

    private async Task<Func<StoredModule, StoredModule>> AdmitZipAsync(ModuleVersion module)
    {
        var (record, signer) = await provenance.RequireAsync(module);
        if (kept.FileOf(module, ModuleRequestKind.Zip) is not null)
        {
            return Signed(signer);
        }

        using var zip = await fetcher.ZipAsync(module, isPrivate: false);
        Compare(module, "zip", record.Zip, zip);
        zip.Keep();
        return stored => Signed(signer)(stored with { Zip = zip.Stored, Source = zip.Source });
    }

    private async Task<Func<StoredModule, StoredModule>> AdmitPrivateAsync(ModuleVersion module)
    {
        if (recorded.Find(module) is { } imported && kept.FileOf(module, ModuleRequestKind.Zip) is not null && kept.FileOf(module, ModuleRequestKind.GoMod) is not null)
        {
            return Signed(await signatures.RequireAsync(imported, stopping));
        }

        using var zip = await fetcher.ZipAsync(module, isPrivate: true);
        using var goMod = await fetcher.GoModAsync(module, isPrivate: true);
        if (recorded.Find(module) is { } known)
        {
            Compare(module, "zip", known.Zip, zip);
            Compare(module, "go.mod", known.GoMod, goMod);
        }

        var record = SumdbRecord.Create(module, zip.Stored.H1, goMod.Stored.H1);
        var signer = await signatures.RequireAsync(record, stopping);
        var first = await recorded.RecordAsync(record, signer);
        if (first != record)
        {
            Compare(module, "zip", first.Zip, zip);
            Compare(module, "go.mod", first.GoMod, goMod);
        }

        zip.Keep();
        goMod.Keep();
        return stored => stored with { Zip = zip.Stored, GoMod = goMod.Stored, Source = zip.Source, Signer = signer };
    }

    private static Func<StoredModule, StoredModule> Signed(string? signer) => stored => stored with { Signer = signer ?? stored.Signer };

    private static void Compare(ModuleVersion module, string file, string expected, FetchedFile actual)
    {
        if (actual.Stored.H1 != expected)
        {
            var refusal = Refusals.InvalidHash(module, file, expected, actual.Stored.H1, actual.Source, isKept: true);
            throw actual.Quarantine(refusal.Finding) ? refusal : Refusals.InvalidHash(module, file, expected, actual.Stored.H1, actual.Source, isKept: false);
        }
    }
}
