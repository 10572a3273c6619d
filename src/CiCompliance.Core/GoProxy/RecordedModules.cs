using CiCompliance.Go;
using CiCompliance.Go.Sumdb;
using CiCompliance.GoProxy.Checksums;

namespace CiCompliance.GoProxy;

/// <summary>The proxy's own checksum database, as the gate writes it: whose word a record is stands in the audit log before the record does.</summary>
internal sealed class RecordedModules(IModuleRecords records, IDecisionLog decisions, CancellationToken stopping)
{
    public SumdbRecord? Find(ModuleVersion module) => records.Find(module);

    /// <param name="authority">Whose word it is: the public database's name, or a publisher's key.</param>
    /// <returns>What stands for the version: this record, or the one that came first.</returns>
    public async Task<SumdbRecord> RecordAsync(SumdbRecord record, string authority)
    {
        if (records.Find(record.Module) is { } known)
        {
            return known;
        }

        await decisions.RecordingAsync(record, authority);
        return await records.RecordAsync(record, stopping);
    }
}
