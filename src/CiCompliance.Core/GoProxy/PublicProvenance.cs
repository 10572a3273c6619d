using CiCompliance.Go;
using CiCompliance.Go.Sumdb;
using CiCompliance.GoProxy.Checksums;

namespace CiCompliance.GoProxy;

/// <summary>Whether a public module version may pass: its record, proved and recorded here too, its age, and its publisher's signature where the rules want one.</summary>
/// <param name="database">Null where the proxy has no way to it.</param>
internal sealed class PublicProvenance(
    ModuleRules rules, PublicDatabase? database, RecordedModules recorded, IModuleSignatures signatures, ModuleQuestions questions, TimeProvider clock, CancellationToken stopping)
{
    /// <returns>What its files must be, and the key that signed it; null where none is asked for.</returns>
    public async Task<(SumdbRecord Record, string? Signer)> RequireAsync(ModuleVersion module)
    {
        var (record, id) = await FindAsync(module);
        await CheckAgeAsync(module, id);
        return (record, rules.NeedsSignature(module.Path) ? await signatures.RequireAsync(record, stopping) : null);
    }

    /// <summary>The public database's record, recorded in the proxy's own; without an id where nobody needs the database again.</summary>
    public async Task<(SumdbRecord Record, long? Id)> FindAsync(ModuleVersion module)
    {
        var known = recorded.Find(module);
        if (known is not null && (rules.MinimumAge == TimeSpan.Zero || database is null))
        {
            return (known, null);
        }

        var found = database is null ? throw Refusals.NotRecorded(module, "this proxy's checksum database") : await database.FindAsync(module, stopping);
        var own = known ?? await recorded.RecordAsync(found.Record, database.Name);
        return own == found.Record ? (own, found.Id) : throw Refusals.RecordChanged(module, own, database.Name, found.Record);
    }

    private async Task CheckAgeAsync(ModuleVersion module, long? id)
    {
        if (rules.MinimumAge == TimeSpan.Zero || id is not { } number)
        {
            return;
        }

        var age = database!.History.AgeOf(number) ?? clock.GetUtcNow() - await CommitTimeAsync(module);
        if (age < rules.MinimumAge)
        {
            throw Refusals.TooYoung(module, age < TimeSpan.Zero ? TimeSpan.Zero : age, rules.MinimumAge);
        }
    }

    private async Task<DateTimeOffset> CommitTimeAsync(ModuleVersion module) =>
        (await questions.InfoAsync(module.Path, module.Version, stopping)).Time ?? clock.GetUtcNow();
}
