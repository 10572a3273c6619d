using CiCompliance.Attestations;
using CiCompliance.Evidence;
using CiCompliance.Keys;
using CiCompliance.Policy;

namespace CiCompliance.Pipeline;

/// <summary>
/// One stage: inputs → verdict, findings and evidence files. Stages speak to each other through the evidence folder alone, so that each
/// can run by itself and a pipeline can be split over jobs.
/// </summary>
public interface IStage
{
    /// <summary>Lower-case name, as in <c>--stages</c> and <c>evidence.json</c>.</summary>
    string Name { get; }

    /// <exception cref="CiComplianceException">Broken input, a missing prerequisite, a dependency that is down.</exception>
    Task<StageResult> RunAsync(StageContext context, CancellationToken cancellationToken);
}

/// <summary>What a stage may use.</summary>
/// <param name="WorkDirectory">Beside the evidence folder (<c>OUT.work</c>): checkout, module cache, build cache; never evidence.</param>
/// <param name="Progress">One line for people, what is being done now.</param>
public sealed record StageContext(
    RunOptions Options,
    CompliancePolicy Policy,
    TrustStore Trust,
    EvidenceFolder Evidence,
    IRunRecord Run,
    string WorkDirectory,
    TimeProvider Clock,
    IProgress<LocalizedText> Progress);

/// <summary>The options of one run, the same in every door. Paths are absolute.</summary>
/// <param name="Base">Start of the range of commits to verify (excluded), or null: all history.</param>
/// <param name="Commit">What to build; HEAD unless given.</param>
/// <param name="GoExecutable">The go command to use, or null: the first on PATH.</param>
/// <param name="ModuleCache">A module cache to start from (origin unknown: not a pass), or null: a new empty one.</param>
/// <param name="IsUnsigned">Every stage before <c>sign</c> was asked for, and none after it but <c>assess</c>: a job without keys.</param>
/// <param name="Resume">Only evidence that waits for its log is recorded (<c>record --resume</c>).</param>
/// <param name="Branch">The branch that is judged, for the policy's rules about branches; null where nobody says.</param>
/// <param name="ProxyTokenFile">Where the module proxy's token is, a file or <c>fd:N</c>; null: the proxy wants none.</param>
public sealed record RunOptions(
    string ProjectDirectory,
    string? Base,
    string Commit,
    string? GoExecutable,
    string? ModuleCache,
    RunMode Mode,
    KeyReference? Sm2Key,
    KeyReference? P256Key,
    KeyReference? LogKey,
    KeyReference? LogSm2Key,
    Language Language = Language.English,
    bool IsUnsigned = false,
    string? Branch = null,
    bool Resume = false,
    string? ProxyTokenFile = null);
