using CiCompliance.Digests;
using CiCompliance.Keys;
using CiCompliance.Pipeline;
using CiCompliance.Policy;
using CiCompliance.Tool.Inputs;

namespace CiCompliance.Tool;

/// <summary>The parts that verbs are made of. Each is made when it is asked for: a verb loads only what it needs.</summary>
internal interface IComposition
{
    IDigestCalculator Digests { get; }

    /// <exception cref="CiComplianceException">Not a repository, or no engine can read it.</exception>
    IRevisions Revisions(string projectDirectory, CancellationToken cancellationToken);

    /// <exception cref="CiComplianceException">Not a policy.</exception>
    CompliancePolicy ParsePolicy(byte[] yaml, string origin);

    /// <summary>The text of a starter policy.</summary>
    /// <param name="packages">Main packages that were found, <c>./cmd/app</c>; empty where none was.</param>
    /// <exception cref="CiComplianceException">Not a repository identity.</exception>
    string PolicyTemplate(string repository, IReadOnlyList<string> packages);

    IStage Stage(string name);

    /// <summary>The Go settings that the policy pins, by variable.</summary>
    IReadOnlyDictionary<string, string> PinnedEnvironment(CompliancePolicy policy);

    /// <summary>Public keys of a keyring, PEM key, certificate or signed-note key; without repositories and validity.</summary>
    /// <exception cref="CiComplianceException">Not public keys, or not of the role's algorithm.</exception>
    /// <returns>The keys, and notices about what was left out.</returns>
    (IReadOnlyList<TrustedKey> Keys, IReadOnlyList<Finding> Findings) ImportKeys(byte[] content, string name, KeyRole role);

    Task<StageResult> VerifyEvidenceAsync(EvidenceExpectation expectation, CancellationToken cancellationToken);

    ILogFolders Logs { get; }
}

/// <summary>The organisation's own log, for <c>log init</c>, <c>checkpoint</c> and <c>prove</c>. Answers are texts to keep or to send.</summary>
internal interface ILogFolders
{
    /// <returns>The first checkpoint.</returns>
    string Create(string path, string origin, KeyReference key);

    string Checkpoint(string path);

    /// <returns>A JSON document.</returns>
    string ProveInclusion(string path, long index);

    /// <returns>A JSON document.</returns>
    string ProveConsistency(string path, long from, long? to);
}

/// <summary>What an auditor expects of an evidence folder. Contents were read from outside the folder.</summary>
internal sealed record EvidenceExpectation(
    string Directory,
    TrustStore Trust,
    string TrustPath,
    string Repository,
    string? Commit,
    string? ArtifactPath,
    string? Base,
    byte[]? Policy,
    byte[]? Checkpoint,
    byte[]? ConsistencyProof,
    int Witnesses,
    Version? MinimumToolVersion,
    bool AllowDemonstration);
