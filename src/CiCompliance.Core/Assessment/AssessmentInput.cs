using CiCompliance.Attestations;
using CiCompliance.Digests;
using CiCompliance.Pipeline;
using CiCompliance.Policy;

namespace CiCompliance.Assessment;

/// <summary>
/// What a run left behind, as far as the assessment looks at it. The run and the offline verifier fill it from the same evidence, so that
/// both get the same bytes.
/// </summary>
/// <param name="Log">The kind of log that was used.</param>
/// <param name="TrustedTime">Whether a time-stamping authority, not the signer, says when.</param>
/// <param name="Evidence">Files of the evidence folder, without the assessment's own and the seal.</param>
public sealed record AssessmentInput(
    RunIdentity Run,
    DateTimeOffset StartedAt,
    DateTimeOffset FinishedAt,
    HostFacts Host,
    CompliancePolicy Policy,
    LogKind Log,
    bool TrustedTime,
    KeyCustody Keys,
    IReadOnlyList<StageOutcome> Stages,
    IReadOnlyList<DigestedFile> Outputs,
    IReadOnlyList<DigestedFile> Evidence);

/// <summary>Who ran it where, by the host's own word.</summary>
/// <param name="Name">For example <c>github-actions</c> or <c>local</c>.</param>
/// <param name="Actor">The account that started the run, or null where the host names none.</param>
/// <param name="RunId">The host's run id, or null.</param>
/// <param name="RetentionDays">How long the host keeps artifacts (GITHUB_RETENTION_DAYS), or null where it doesn't say.</param>
public sealed record HostFacts(string Name, string? Actor, string? RunId, int? RetentionDays);

/// <summary>Where the signing keys are. What nobody states is not hardware.</summary>
public enum KeyCustody
{
    Unknown,
    Software,
    Hardware,
}

/// <param name="Name">Path in the evidence folder, or an output's name.</param>
public sealed record DigestedFile(string Name, long Size, DigestSet Digest);

/// <summary>One stage as recorded: <see cref="StageResult"/> with the verdict that was written down and the time it took.</summary>
public sealed record StageOutcome(
    string Name,
    Verdict Verdict,
    long DurationMilliseconds,
    IReadOnlyList<Check> Checks,
    IReadOnlyList<Finding> Findings)
{
    /// <summary>The worst of the recorded verdict and of what checks and findings say; a pass without one check is undecided.</summary>
    public Verdict Effective => (Verdict, Checks.Count, Findings.Count) switch
    {
        (Verdict.NotApplicable, 0, 0) => Verdict.NotApplicable,
        (Verdict.Pass, 0, _) => Verdict.Undecided,
        _ => new[] { Verdict, new StageResult(Name, Checks, Findings).Verdict }.Worst(),
    };
}
