using CiCompliance.Attestations;

namespace CiCompliance.Publishing;

/// <summary>What is known of an evidence folder by another way than the folder itself: a seal proves nothing to who verifies no signature.</summary>
/// <param name="Digest">What the job that made the folder said of it; null where nobody said anything, and then it is never deployable.</param>
/// <param name="IsUnsealed">The run ended before its seal by request; a seal in the folder was put there by somebody else.</param>
/// <param name="VerifySignatures">Verifies the signatures of a sealed folder with the reader's own trust store; null where there is none.</param>
public sealed record HandedOver(string? Digest, bool IsUnsealed, Func<RunIdentity, Verdict>? VerifySignatures = null)
{
    /// <summary>Nobody said anything.</summary>
    public static readonly HandedOver Unknown = new(null, false);
}
