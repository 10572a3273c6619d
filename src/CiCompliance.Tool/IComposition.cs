using CiCompliance.Digests;
using CiCompliance.Evidence.Verification;
using CiCompliance.GoProxy.Configuration;
using CiCompliance.Keys;
using CiCompliance.Pipeline;
using CiCompliance.Policy;
using CiCompliance.Publishing;
using CiCompliance.Server.Hosting;
using CiCompliance.Sigstore;
using CiCompliance.Source;
using CiCompliance.Tool.GitSigning;
using CiCompliance.Tool.Inputs;
using CiCompliance.Tool.ModuleSigning;
using CiCompliance.Tool.Wiring;
using CiCompliance.TransparencyLog;

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

    /// <summary>Makes throw-away keys in a new folder.</summary>
    /// <returns>The files by option of <c>run</c>, and the public halves.</returns>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    (IReadOnlyList<(string Name, string File)> Options, IReadOnlyList<TrustedKey> Trusted) DemonstrationKeys(string folder);

    /// <summary>The Go settings that the policy pins, by variable.</summary>
    IReadOnlyDictionary<string, string> PinnedEnvironment(CompliancePolicy policy);

    /// <summary>Public keys of a keyring, PEM key, certificate or signed-note key; without repositories and validity.</summary>
    /// <exception cref="CiComplianceException">Not public keys, or not of the role's algorithm.</exception>
    /// <returns>The keys, and notices about what was left out.</returns>
    (IReadOnlyList<TrustedKey> Keys, IReadOnlyList<Finding> Findings) ImportKeys(byte[] content, string name, KeyRole role);

    /// <summary>Judges a commit, and the tags that name it, as the source stage does.</summary>
    /// <exception cref="CiComplianceException">Unknown, malformed, or reading failed.</exception>
    IReadOnlyList<ObjectExplanation> Explain(string projectDirectory, string revision, Judgement judgement, string? branch, CancellationToken cancellationToken);

    /// <param name="trustFile">Where the trust store was read from.</param>
    VerificationReport VerifyEvidence(string directory, TrustStore trust, string trustFile, Expectation expected, CancellationToken cancellationToken);

    SigstoreAnswer VerifyBundle(TrustedRoot root, byte[] bundle, SigstoreExpectation expected, string origin);

    ILogFolders Logs { get; }

    /// <summary>Serves a log until it is cancelled, then lets requests under way end.</summary>
    /// <param name="started">Is given the address once it listens.</param>
    /// <exception cref="CiComplianceException">CIC4001-CIC4007 or CIC70nn: it did not start.</exception>
    Task ServeLogAsync(ServerOptions options, KeyReference key, Action<string> started, CancellationToken cancellationToken);

    /// <summary>Co-signs checkpoints of the logs in the trust store until it is cancelled.</summary>
    /// <param name="name">In its signature lines.</param>
    /// <param name="started">Is given the address once it listens.</param>
    /// <exception cref="CiComplianceException">The key can't be opened, or CIC7001-CIC7003 or CIC7006: it did not start.</exception>
    Task ServeWitnessAsync(
        ServerOptions options, string name, KeyReference key, KeyAlgorithm algorithm, TrustStore trust, Action<string> started, CancellationToken cancellationToken);

    GoProxyFolders GoProxies { get; }

    /// <summary>Serves modules until it is cancelled, then lets requests under way end.</summary>
    /// <param name="trust">Publishers' keys; null where nothing needs a signature.</param>
    /// <param name="started">Is given the address once it listens.</param>
    /// <exception cref="CiComplianceException">CIC4001-CIC4007, CIC7001-CIC7004, CIC7113 or CIC7120: it did not start.</exception>
    Task ServeGoProxyAsync(
        ServerOptions listen, GoProxyConfiguration configuration, TrustStore? trust, KeyReference key, KeyReference? sm2, Action<string> started, CancellationToken cancellationToken);

    GitSigningParts GitSigning { get; }

    ModuleSigningParts ModuleSigning { get; }

    /// <param name="apiUrl">GITHUB_API_URL.</param>
    /// <param name="repository"><c>owner/name</c>.</param>
    /// <param name="token">A file or <c>fd:N</c>.</param>
    /// <exception cref="CiComplianceException">No token there, or no such address.</exception>
    IGitHub GitHub(string apiUrl, string repository, string token, IProgress<LocalizedText> progress, CancellationToken cancellationToken);

    /// <summary>Who the runner says the job is; null where it offers no identity.</summary>
    /// <exception cref="CiComplianceException">It offers one and doesn't give it (CIC5415).</exception>
    Task<IReadOnlyDictionary<string, string>?> JobIdentityAsync(CancellationToken cancellationToken);
}

/// <summary>Logs by themselves, for the verbs <c>log …</c>. Answers are texts to keep or to send.</summary>
internal interface ILogFolders
{
    /// <returns>The first checkpoint.</returns>
    string Create(string path, string origin, KeyReference key);

    string Checkpoint(string path);

    /// <returns>A JSON document.</returns>
    string ProveInclusion(string path, long index);

    /// <returns>A JSON document.</returns>
    string ProveConsistency(string path, long from, long? to);

    /// <summary>Compares what a log shows with what it showed the last time.</summary>
    /// <param name="target">An embedded log's folder, or a Rekor server's address.</param>
    /// <exception cref="CiComplianceException">It can't be read or reached, or what it shows is not signed by the key.</exception>
    Task<LogObservation> ObserveAsync(string target, LogApi api, TrustedKey key, byte[]? seen, Action<Checkpoint> unproven, CancellationToken cancellationToken);
}
