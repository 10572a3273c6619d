using CiCompliance.Keys;

namespace CiCompliance.TransparencyLog;

/// <summary>k of n: how many of the trusted witnesses must have co-signed a checkpoint.</summary>
/// <param name="Witnesses">Keys with <see cref="KeyRole.Witness"/>; each <see cref="TrustedKey.Name"/> counts once, whatever keys it has had.</param>
public sealed record WitnessPolicy(int Threshold, IReadOnlyList<TrustedKey> Witnesses)
{
    /// <summary>The witnesses whose signature over the checkpoint verifies.</summary>
    public IReadOnlyList<TrustedKey> Cosigners(Checkpoint cosigned, ISignatureVerifier verifier) =>
        [.. Witnesses.Where(key => Cosignature.Verify(cosigned, key, verifier) == Verdict.Pass).DistinctBy(key => key.Name)];

    /// <summary>Not applicable when no witness is asked for.</summary>
    public Verdict Verify(Checkpoint cosigned, ISignatureVerifier verifier) =>
        Threshold <= 0 ? Verdict.NotApplicable
            : Cosigners(cosigned, verifier).Count >= Threshold ? Verdict.Pass
            : Verdict.Fail;
}
