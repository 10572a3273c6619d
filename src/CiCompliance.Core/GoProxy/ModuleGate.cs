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

    private static readonly string[] PrivateFiles = ["go.mod", "zip"];

    private readonly SingleFlight<(ModuleVersion, ModuleRequestKind), StoredModule> flights = new();
    private readonly SingleFlight<ModuleVersion, SumdbRecord> lookups = new();
    private readonly SingleFlight<string, IReadOnlyList<string>> lists = new();
    private readonly SingleFlight<ModuleVersion, ModuleInfo> infos = new();
    private readonly ModuleFetcher fetcher = new(sources, store, stopping);
    private readonly ConcurrentDictionary<(ModuleVersion, ModuleRequestKind), (DateTimeOffset Until, Finding Finding)> refused = new();

    /// <exception cref="CiComplianceException">CIC7101 or CIC7108.</exception>
    /// <exception cref="ModuleNotFoundException">No source knows the module.</exception>
    public async Task<IReadOnlyList<string>> ListAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return await lists.RunAsync(path, () => AskAsync(path, "list", "list", source => source.ListAsync(path, stopping)), cancellationToken);
        }
        catch (ModuleNotFoundException) when (OnDisk(new(path, "list"), () => store.Versions(path)) is { Count: > 0 } kept)
        {
            // Imported, or gone from where it came: what was verified once is here for ever.
            return kept;
        }
    }

    /// <exception cref="CiComplianceException">CIC7101 or CIC7108.</exception>
    /// <exception cref="ModuleNotFoundException">No source knows the module.</exception>
    public async Task<ModuleInfo> LatestAsync(string path, CancellationToken cancellationToken) =>
        Checked(path, await infos.RunAsync(
            new(path, ""), () => AskAsync(path, "latest", "info", source => source.ResolveLatestAsync(path, stopping)), cancellationToken));

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

        try
        {
            var info = Checked(path, await infos.RunAsync(
                module, () => AskAsync(path, query, "info", source => source.ResolveAsync(path, query, stopping)), cancellationToken));

            // Of what nobody has built nothing is kept: anybody may ask for any version.
            return await DecidedAsync(new(path, info.Version), "info", () =>
            {
                if (Find(new(path, info.Version)) is { HasInfo: false })
                {
                    Change(new(path, info.Version), stored => stored with { HasInfo = true, Time = info.Time });
                }

                return Task.FromResult(info);
            });
        }
        catch (ModuleNotFoundException) when (SemanticVersion.IsCanonical(query) && Find(module) is { Zip: not null } or { GoMod: not null })
        {
            return new(query, null);
        }
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
        if (Find(module) is { } stored && file(stored) is { } kept && (stored.Signer is not null || !rules.NeedsSignature(module.Path))
            && IsRecorded(module, kind, kept) && IsThere(module, kept))
        {
            return stored;
        }

        if (refused.TryGetValue((module, kind), out var verdict) && verdict.Until > clock.GetUtcNow())
        {
            throw new CiComplianceException(verdict.Finding);
        }

        // A private module's files come together.
        var isPrivate = rules.IsPrivate(module.Path);
        var name = kind == ModuleRequestKind.Zip ? "zip" : "go.mod";
        return await flights.RunAsync((module, isPrivate ? ModuleRequestKind.Zip : kind), () => DecidedAsync(module, name, async () =>
        {
            try
            {
                var admitted = isPrivate ? await AdmitPrivateAsync(module)
                    : kind == ModuleRequestKind.Zip ? await AdmitZipAsync(module)
                    : await AdmitGoModAsync(module);

                // Written down first: what the store knows of is given to the next one without being looked at again.
                foreach (var passed in isPrivate ? PrivateFiles : [name])
                {
                    decisions.Passed(module, passed, admitted(Find(module) ?? StoredModule.Of(module)));
                }

                return Change(module, admitted);
            }
            catch (CiComplianceException e) when (e.Diagnostic.Kind == DiagnosticKind.NotCompliant)
            {
                Remember((module, kind), e.Finding);
                throw;
            }
        }), cancellationToken);
    }

    private async Task<Func<StoredModule, StoredModule>> AdmitGoModAsync(ModuleVersion module)
    {
        // Both are asked at once: where they are far away, that is half the time.
        var proving = ProvedAsync(module);
        try
        {
            if (KeptOf(module, ModuleRequestKind.GoMod) is not null)
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
        var (record, signer) = await ProvedAsync(module);
        if (KeptOf(module, ModuleRequestKind.Zip) is not null)
        {
            return Signed(signer);
        }

        using var zip = await fetcher.ZipAsync(module, isPrivate: false);
        Compare(module, "zip", record.Zip, zip);
        zip.Keep();
        return stored => Signed(signer)(stored with { Zip = zip.Stored, Source = zip.Source });
    }

    private async Task<(SumdbRecord Record, string? Signer)> ProvedAsync(ModuleVersion module)
    {
        var record = await PublicRecordAsync(module);
        await CheckAgeAsync(module, record);
        return (record.Record, rules.NeedsSignature(module.Path) ? await signatures.RequireAsync(record.Record, stopping) : null);
    }

    private static Func<StoredModule, StoredModule> Signed(string? signer) => stored => stored with { Signer = signer ?? stored.Signer };

    /// <summary>A file that is kept and recorded, whoever signed for it: imported, or from before a signature was asked for.</summary>
    private StoredFile? KeptOf(ModuleVersion module, ModuleRequestKind kind) =>
        (kind == ModuleRequestKind.Zip ? Find(module)?.Zip : Find(module)?.GoMod) is { } kept && IsRecorded(module, kind, kept) && IsThere(module, kept) ? kept : null;

    private async Task<Func<StoredModule, StoredModule>> AdmitPrivateAsync(ModuleVersion module)
    {
        if (records.Find(module) is { } imported && KeptOf(module, ModuleRequestKind.Zip) is not null && KeptOf(module, ModuleRequestKind.GoMod) is not null)
        {
            return Signed(await signatures.RequireAsync(imported, stopping));
        }

        using var zip = await fetcher.ZipAsync(module, isPrivate: true);
        using var goMod = await fetcher.GoModAsync(module, isPrivate: true);
        if (records.Find(module) is { } known)
        {
            Compare(module, "zip", known.Zip, zip);
            Compare(module, "go.mod", known.GoMod, goMod);
        }

        var record = SumdbRecord.Create(module, zip.Stored.H1, goMod.Stored.H1);
        var signer = await signatures.RequireAsync(record, stopping);
        var recorded = await RecordAsync(record, signer);
        if (recorded != record)
        {
            Compare(module, "zip", recorded.Zip, zip);
            Compare(module, "go.mod", recorded.GoMod, goMod);
        }

        zip.Keep();
        goMod.Keep();
        return stored => stored with { Zip = zip.Stored, GoMod = goMod.Stored, Source = zip.Source, Signer = signer };
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
        var recorded = known ?? await RecordAsync(found.Record, database.Name);
        return recorded == found.Record ? (recorded, found.Id) : throw Refusals.RecordChanged(module, recorded, database.Name, found.Record);
    }

    /// <param name="authority">Whose word it is: the public database's name, or a publisher's key.</param>
    private async Task<SumdbRecord> RecordAsync(SumdbRecord record, string authority)
    {
        if (records.Find(record.Module) is { } known)
        {
            return known;
        }

        decisions.Recording(record, authority);
        return await records.RecordAsync(record, stopping);
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
            var refusal = Refusals.InvalidHash(module, file, expected, actual.Stored.H1, actual.Source, isKept: true);
            throw actual.Quarantine(refusal.Finding) ? refusal : Refusals.InvalidHash(module, file, expected, actual.Stored.H1, actual.Source, isKept: false);
        }
    }

    private Task<T> AskAsync<T>(string path, string query, string file, Func<IModuleSource, Task<T>> ask) => DecidedAsync(new(path, query), file, async () =>
        rules.Denied.FirstOrDefault(rule => rule.CoversAll(path)) is { } rule
            ? throw Refusals.Denied(new(path, query), rule)
            : (await fetcher.AskAsync(new(path, query), rules.IsPrivate(path), ask)).Answer);

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

    /// <summary>Whether it is what the own database says: a store may be older than its database, or another's.</summary>
    private bool IsRecorded(ModuleVersion module, ModuleRequestKind kind, StoredFile file) =>
        records.Find(module) is { } record && file.H1 == (kind == ModuleRequestKind.Zip ? record.Zip : record.GoMod);

    private bool IsThere(ModuleVersion module, StoredFile file) => OnDisk(module, () =>
    {
        using var stream = store.OpenFile(file);
        return stream is not null;
    });

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
