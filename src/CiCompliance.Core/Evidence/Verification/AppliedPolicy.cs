using System.Text.Json;
using CiCompliance.Policy;

namespace CiCompliance.Evidence.Verification;

/// <summary>What the run says of its log's policy: no run may fall behind that. Whether the policy is the run's own is judged by a later step.</summary>
internal static class AppliedPolicy
{
    /// <summary>Null where it can't be read: a later step refuses it.</summary>
    public static LogPolicy? Of(VerificationContext context)
    {
        try
        {
            return context.Snapshot.Find(EvidencePaths.PolicyApplied)?.Content is { } policy ? CompliancePolicy.Parse(policy).Log : null;
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            return null;
        }
    }
}
