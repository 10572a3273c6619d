using CiCompliance.Go;
using CiCompliance.Go.Sumdb;

namespace CiCompliance.GoProxy.Checksums;

/// <summary>The proxy's own checksum database: one record a module version, for ever.</summary>
public interface IModuleRecords
{
    /// <exception cref="CiComplianceException">It is damaged (CIC4001).</exception>
    SumdbRecord? Find(ModuleVersion module);

    /// <summary>Records a module version; when it returns, the record is durable and stands in a signed tree.</summary>
    /// <returns>The record of that module version: this one, or the one that was there first.</returns>
    /// <exception cref="CiComplianceException">It can't be written (CIC4007, CIC7113).</exception>
    Task<SumdbRecord> RecordAsync(SumdbRecord record, CancellationToken cancellationToken);
}
