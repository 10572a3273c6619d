using System.Collections.Concurrent;
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
/// <param name="database">Null where the proxy has no way to the public one: then only what is recorded already passes.</param>
/// <param name="stopping">Ends all work.</param>
public sealed class ModuleGate(
    ModuleRules rules,
    IModuleSources sources,
    PublicDatabase? database,
    IModuleRecords records,
    IModuleSignatures signatures,
    IModuleStore store,
    IDecisionLog decisions,
    TimeProvider clock,
    CancellationToken stopping) : IDisposable
{
    /// <summary>How long a verdict against a module stands before it is looked at again.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(10);

    private const int MaxRemembered = 10_000;

    private readonly SingleFlight<(ModuleVersion, ModuleRequestKind), StoredModule> flights = new();
    private readonly SingleFlight<ModuleVersion, SumdbRecord> lookups = new();
    private readonly ModuleFetcher fetcher = new(sources, store, stopping);
    private readonly ConcurrentDictionary<(ModuleVersion, ModuleRequestKind), (DateTimeOffset Until, Finding Finding)> refused = new();

    /// <exception cref="CiComplianceException">CIC7101 or CIC7108.</exception>
    /// <exception cref="ModuleNotFoundException">No source knows the module.</exception>
    public Task<IReadOnlyList<string>> ListAsync(string path, CancellationToken cancellationToken) =>
        AskAsync(path, "list", source => source.ListAsync(path, cancellationToken));

    /// <exception cref="CiComplianceException">CIC7101 or CIC7108.</exception>
    /// <exception cref="ModuleNotFoundException">No source knows the module.</exception>
    public async Task<ModuleInfo> LatestAsync(string path, CancellationToken cancellationToken) =>
        Checked(path, await AskAsync(path, "latest", source => source.ResolveLatestAsync(path, cancellationToken)));

    /// <summary>What a version or query stands for. It is no promise that the version passes: go.mod and zip are what is built from.</summary>
    /// <exception cref="CiComplianceException">CIC7101, CIC7108 or CIC7113.</exception>
    /// <exception cref="ModuleNotFoundException">No source knows it.</exception>
    public async Task<ModuleInfo> InfoAsync(string path, string query, CancellationToken cancellationToken)
    {
        var module = new ModuleVersion(path, query);
        CheckDenied(module);
        if (SemanticVersion.IsCanonical(query) && Find(module) is { HasInfo: true } known)
        {
            return new(known.Version, known.Time);
        }

        var info = Checked(path, await AskAsync(path, query, source => source.ResolveAsync(path, query, cancellationToken)));
        Change(new(path, info.Version), stored => stored with { HasInfo = true, Time = info.Time });
        return info;
    }

    /// <returns>Its <see cref="StoredModule.GoMod"/> is there.</returns>
    /// <exception cref="CiComplianceException">It doesn't pass, or nobody can say.</exception>
    /// <exception cref="ModuleNotFoundException">No source has it.</exception>
    public Task<StoredModule> GoModAsync(ModuleVersion module, CancellationToken cancellationToken) =>
        AdmitAsync(module, ModuleRequestKind.GoMod, stored => stored.GoMod, cancellationToken);

    /// <returns>Its <see cref="StoredModule.Zip"/> is there.</returns>
    /// <exception cref="CiComplianceException">It doesn't pass, or nobody can say.</exception>
    /// <exception cref="ModuleNotFoundException">No source has it.</exception>
    public Task<StoredModule> ZipAsync(ModuleVersion module, CancellationToken cancellationToken) =>
        AdmitAsync(module, ModuleRequestKind.Zip, stored => stored.Zip, cancellationToken);

    /// <summary>The module version's record in the proxy's own checksum database; one that isn't there yet is proved first.</summary>
    /// <exception cref="CiComplianceException">It doesn't pass, or nobody can say.</exception>
    /// <exception cref="ModuleNotFoundException">No source has it.</exception>
    public async Task<SumdbRecord> RecordAsync(ModuleVersion module, CancellationToken cancellationToken)
    {
        CheckDenied(module);
        return records.Find(module)
            ?? await lookups.RunAsync(module, () => DecidedAsync(module, "record", async () =>
            {
                if (!rules.IsPrivate(module.Path))
                {
                    return (await PublicRecordAsync(module)).Record;
                }

                await ZipAsync(module, stopping);
                return records.Find(module) ?? throw new InvalidOperationException($"{module} passed without a record");
            }), cancellationToken);
    }

    public void Dispose() => fetcher.Dispose();

    private async Task<StoredModule> AdmitAsync(ModuleVersion module, ModuleRequestKind kind, Func<StoredModule, StoredFile?> file, CancellationToken cancellationToken)
    {
        CheckDenied(module);
        if (Find(module) is { } stored && file(stored) is { } kept && (stored.Signer is not null || !rules.NeedsSignature(module.Path)) && IsThere(kept))
        {
            return stored;
        }

        if (refused.TryGetValue((module, kind), out var verdict) && verdict.Until > clock.GetUtcNow())
        {
            throw new CiComplianceException(verdict.Finding);
        }

        var name = kind == ModuleRequestKind.Zip ? "zip" : "go.mod";
        return await flights.RunAsync((module, kind), () => DecidedAsync(module, name, async () =>
        {
            try
            {
                var admitted = rules.IsPrivate(module.Path) ? await AdmitPrivateAsync(module)
                    : kind == ModuleRequestKind.Zip ? await AdmitZipAsync(module)
                    : await AdmitGoModAsync(module);
                decisions.Passed(module, name, admitted);
                return admitted;
            }
            catch (CiComplianceException e) when (e.Diagnostic.Kind == DiagnosticKind.NotCompliant)
            {
                Remember((module, kind), e.Finding);
                throw;
            }
        }), cancellationToken);
    }

    private async Task<StoredModule> AdmitGoModAsync(ModuleVersion module)
    {
        // Both are asked at once: where they are far away, that is half the time.
        var proving = ProvedAsync(module);
        try
        {
            using var goMod = await fetcher.GoModAsync(module, isPrivate: false);
            Compare(module, "go.mod", (await proving).GoMod, goMod);
            goMod.Keep();
            return Change(module, stored => stored with { GoMod = goMod.Stored, Source = goMod.Source });
        }
        catch
        {
            // What the database says of the module counts before what its source says.
            await proving;
            throw;
        }
    }

    private async Task<SumdbRecord> ProvedAsync(ModuleVersion module)
    {
        var record = await PublicRecordAsync(module);
        await CheckAgeAsync(module, record);
        return record.Record;
    }

    private async Task<StoredModule> AdmitZipAsync(ModuleVersion module)
    {
        var record = await PublicRecordAsync(module);
        await CheckAgeAsync(module, record);
        var signer = rules.NeedsSignature(module.Path) ? await signatures.RequireAsync(record.Record, stopping) : null;
        using var zip = await fetcher.ZipAsync(module, isPrivate: false);
        Compare(module, "zip", record.Record.Zip, zip);
        zip.Keep();
        return Change(module, stored => stored with { Zip = zip.Stored, Source = zip.Source, Signer = signer });
    }

    private async Task<StoredModule> AdmitPrivateAsync(ModuleVersion module)
    {
        using var zip = await fetcher.ZipAsync(module, isPrivate: true);
        using var goMod = await fetcher.GoModAsync(module, isPrivate: true);
        if (records.Find(module) is { } known)
        {
            Compare(module, "zip", known.Zip, zip);
            Compare(module, "go.mod", known.GoMod, goMod);
        }

        var record = SumdbRecord.Create(module, zip.Stored.H1, goMod.Stored.H1);
        var signer = await signatures.RequireAsync(record, stopping);
        if (await records.RecordAsync(record, stopping) is var recorded && recorded != record)
        {
            Compare(module, "zip", recorded.Zip, zip);
            Compare(module, "go.mod", recorded.GoMod, goMod);
        }

        zip.Keep();
        goMod.Keep();
        return Change(module, stored => stored with { Zip = zip.Stored, GoMod = goMod.Stored, Source = zip.Source, Signer = signer });
    }

    /// <summary>The public database's record, recorded in the proxy's own; without an id where nobody needs the database again.</summary>
    private async Task<(SumdbRecord Record, long? Id)> PublicRecordAsync(ModuleVersion module)
    {
        var known = records.Find(module);
        if (known is not null && (rules.MinimumAge == TimeSpan.Zero || database is null))
        {
            return (known, null);
        }

        var found = database is null ? throw Refusals.NotRecorded(module, "this proxy's checksum database") : await database.FindAsync(module, stopping);
        var recorded = known ?? await records.RecordAsync(found.Record, stopping);
        return recorded == found.Record ? (recorded, found.Id) : throw Refusals.RecordChanged(module, recorded, database.Name, found.Record);
    }

    private async Task CheckAgeAsync(ModuleVersion module, (SumdbRecord Record, long? Id) record)
    {
        if (rules.MinimumAge == TimeSpan.Zero || record.Id is not { } id)
        {
            return;
        }

        var age = database!.History.AgeOf(id) ?? clock.GetUtcNow() - await CommitTimeAsync(module);
        if (age < rules.MinimumAge)
        {
            throw Refusals.TooYoung(module, age < TimeSpan.Zero ? TimeSpan.Zero : age, rules.MinimumAge);
        }
    }

    private async Task<DateTimeOffset> CommitTimeAsync(ModuleVersion module) =>
        (await InfoAsync(module.Path, module.Version, stopping)).Time ?? clock.GetUtcNow();

    private static void Compare(ModuleVersion module, string file, string expected, FetchedFile actual)
    {
        if (actual.Stored.H1 != expected)
        {
            var refusal = Refusals.InvalidHash(module, file, expected, actual.Stored.H1, actual.Source);
            actual.Quarantine(refusal.Finding);
            throw refusal;
        }
    }

    private async Task<T> AskAsync<T>(string path, string query, Func<IModuleSource, Task<T>> ask)
    {
        if (rules.Denied.FirstOrDefault(rule => rule.CoversAll(path)) is { } rule)
        {
            throw Refusals.Denied(new(path, query), rule);
        }

        return (await fetcher.AskAsync(new(path, query), rules.IsPrivate(path), ask)).Answer;
    }

    private ModuleInfo Checked(string path, ModuleInfo info)
    {
        CheckDenied(new(path, info.Version));
        return info;
    }

    private void CheckDenied(ModuleVersion module)
    {
        if (rules.FindDenied(module.Path, module.Version) is { } rule)
        {
            var refusal = Refusals.Denied(module, rule);
            decisions.Refused(module, "", refusal.Finding);
            throw refusal;
        }
    }

    /// <summary>Every way out is one that is written down: a failure of the disk is a refusal too.</summary>
    private async Task<T> DecidedAsync<T>(ModuleVersion module, string file, Func<Task<T>> decide)
    {
        try
        {
            try
            {
                return await decide();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw Refusals.StorageFailed(module.ToString(), e);
            }
        }
        catch (CiComplianceException e)
        {
            decisions.Refused(module, file, e.Finding);
            throw;
        }
    }

    private StoredModule? Find(ModuleVersion module) => OnDisk(module, () => store.Find(module));

    private bool IsThere(StoredFile file)
    {
        using var stream = store.OpenFile(file);
        return stream is not null;
    }

    private StoredModule Change(ModuleVersion module, Func<StoredModule, StoredModule> change) => OnDisk(module, () =>
    {
        StoredModule? changed = null;
        store.Change(module, stored => changed = change(stored));
        return changed!;
    });

    private static T OnDisk<T>(ModuleVersion module, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Refusals.StorageFailed(module.ToString(), e);
        }
    }

    private void Remember((ModuleVersion, ModuleRequestKind) what, Finding finding)
    {
        if (refused.Count >= MaxRemembered)
        {
            refused.Clear();
        }

        refused[what] = (clock.GetUtcNow() + Memory, finding);
    }
}
