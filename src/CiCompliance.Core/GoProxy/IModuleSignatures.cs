using CiCompliance.Go.Sumdb;

namespace CiCompliance.GoProxy;

/// <summary>Whether a publisher who may answers for a module version.</summary>
public interface IModuleSignatures
{
    /// <summary>Returns when a trusted publisher of that path has signed exactly these hashes.</summary>
    /// <returns>The id of the publisher's key.</returns>
    /// <exception cref="CiComplianceException">Nobody did, wrongly, or one who may not (CIC7103 to CIC7105); the signature service is down (CIC7107).</exception>
    Task<string> RequireAsync(SumdbRecord record, CancellationToken cancellationToken);
}
