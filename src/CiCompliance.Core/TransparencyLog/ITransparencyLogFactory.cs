using CiCompliance.Pipeline;

namespace CiCompliance.TransparencyLog;

/// <summary>Opens the log that the policy names; each stage that records opens it for itself.</summary>
public interface ITransparencyLogFactory
{
    /// <exception cref="CiComplianceException">Its configuration or key is missing, it can't be opened, or the policy refuses it.</exception>
    ITransparencyLog Open(StageContext context);
}
