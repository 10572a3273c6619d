using CiCompliance.Go;
using CiCompliance.GoProxy.Checksums;
using CiCompliance.GoProxy.Storage;

namespace CiCompliance.GoProxy;

/// <summary>What the store keeps, beside what the proxy's own checksum database says of it. Where the disk fails, nobody can say (CIC7113).</summary>
internal sealed class KeptModules(IModuleStore store, IModuleRecords records)
{
    public StoredModule? Find(ModuleVersion module) => OnDisk(module, () => store.Find(module));

    public IReadOnlyList<string> Versions(string path) => OnDisk(new(path, "list"), () => store.Versions(path));

    /// <returns>How it is described now.</returns>
    public StoredModule Change(ModuleVersion module, Func<StoredModule, StoredModule> change) => OnDisk(module, () =>
    {
        StoredModule? changed = null;
        store.Change(module, stored => changed = change(stored));
        return changed!;
    });

    /// <summary>A file that is there and is what was recorded, whoever signed for it: imported, or from before a signature was asked for.</summary>
    /// <param name="kind">Zip or go.mod.</param>
    public StoredFile? FileOf(ModuleVersion module, ModuleRequestKind kind) => FileOf(module, kind, Find(module));

    /// <param name="stored">How the module is described.</param>
    public StoredFile? FileOf(ModuleVersion module, ModuleRequestKind kind, StoredModule? stored) =>
        (kind == ModuleRequestKind.Zip ? stored?.Zip : stored?.GoMod) is { } file && IsRecorded(module, kind, file) && IsThere(module, file) ? file : null;

    /// <summary>Whether it is what the own database says: a store may be older than its database, or another's.</summary>
    private bool IsRecorded(ModuleVersion module, ModuleRequestKind kind, StoredFile file) =>
        records.Find(module) is { } record && file.H1 == (kind == ModuleRequestKind.Zip ? record.Zip : record.GoMod);

    private bool IsThere(ModuleVersion module, StoredFile file) => OnDisk(module, () =>
    {
        using var stream = store.OpenFile(file);
        return stream is not null;
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
}
