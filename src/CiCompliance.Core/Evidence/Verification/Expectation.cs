using CiCompliance.Policy;

namespace CiCompliance.Evidence.Verification;

/// <summary>What the auditor expects, by their own knowledge; without it evidence proves only that somebody made it.</summary>
/// <param name="Repository">As the policy and trust store name it.</param>
/// <param name="Commit">Full object id, or null where <paramref name="Artifact"/> says what is expected.</param>
/// <param name="Artifact">SHA-256 of the artifact in hand, lower-case hex, or null.</param>
/// <param name="Base">Commit up to which the history is known good, or null: the evidence's own base is then attested only.</param>
/// <param name="Policy">The auditor's policy: what the evidence applied may be stricter, never weaker.</param>
/// <param name="Checkpoint">The log's last checkpoint that the auditor saw (signed note).</param>
/// <param name="ConsistencyProof">What <c>cicompliance log prove --from SIZE</c> printed, where the sizes differ.</param>
/// <param name="Witnesses">How many trusted witnesses must have co-signed the checkpoint.</param>
/// <param name="MinimumToolVersion">Refuse evidence of older tools, or null.</param>
/// <param name="Branch">The branch that must have been judged, or null: then the evidence's own word is attested only.</param>
/// <param name="Tag">The annotated tag that must have been built, or null.</param>
public sealed record Expectation(
    string Repository,
    string? Commit,
    string? Artifact,
    string? Base = null,
    CompliancePolicy? Policy = null,
    byte[]? Checkpoint = null,
    byte[]? ConsistencyProof = null,
    Version? MinimumToolVersion = null,
    int Witnesses = 0,
    bool AllowDemonstration = false,
    string? Branch = null,
    string? Tag = null);
