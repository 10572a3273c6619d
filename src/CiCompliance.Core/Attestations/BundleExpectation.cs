using CiCompliance.Keys;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Attestations;

/// <summary>What a bundle is checked against. Everything comes from the auditor, nothing from the bundle.</summary>
/// <param name="Signers">Keys that may have signed; their algorithm must be <see cref="KeyAlgorithm.EcdsaP256"/>.</param>
/// <param name="Logs">Keys of the logs that count; <see cref="TrustedKey.Name"/> is the log's host name or its whole checkpoint origin.</param>
public sealed record BundleExpectation(IReadOnlyList<TrustedKey> Signers, IReadOnlyList<TrustedKey> Logs)
{
    /// <summary>SHA-256 of the artefact: what a message signature is over, or a subject of an attestation. Null: not compared.</summary>
    public byte[]? ArtifactSha256 { get; init; }

    /// <summary>The payload that the envelope must hold, byte for byte. Null: not compared.</summary>
    public byte[]? Payload { get; init; }

    /// <summary>The payload type of an envelope.</summary>
    public string PayloadType { get; init; } = Signing.DsseEnvelope.InTotoPayloadType;

    /// <summary>Without it a bundle that was never logged may pass; an entry that is there is verified all the same.</summary>
    public bool RequireLog { get; init; } = true;

    /// <summary>
    /// Whether an entry of a Rekor v2 log passes although such a log gives no time. The caller then has to judge keys by another proved time,
    /// or by now. An entry of a v1 log always needs its signed entry timestamp.
    /// </summary>
    public bool TakesRekorV2 { get; init; }
}

/// <summary>The answer about one bundle.</summary>
/// <param name="Findings">Every reason for refusing it; empty exactly when the verdict is <see cref="Verdict.Pass"/>.</param>
/// <param name="Bundle">As parsed, or null where it could not be. Trust its content only when the verdict is a pass.</param>
/// <param name="Signer">The trusted key whose signature verified, or null. Validity and revocation are the caller's to judge.</param>
/// <param name="Log">What the log proved, or null where there is no entry or it proved nothing.</param>
public sealed record BundleAssessment(
    Verdict Verdict,
    IReadOnlyList<Finding> Findings,
    SigstoreBundle? Bundle,
    TrustedKey? Signer,
    LogAssessment? Log);

/// <summary>What a verified log entry says.</summary>
/// <param name="Index">Position in the tree of <paramref name="Checkpoint"/>.</param>
/// <param name="Key">The log's key.</param>
/// <param name="IntegratedTime">When the log says it took the entry in; null unless a signed entry timestamp authenticates it.</param>
public sealed record LogAssessment(long Index, TrustedKey Key, DateTimeOffset? IntegratedTime, Checkpoint Checkpoint);
