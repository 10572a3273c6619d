using CiCompliance.Attestations;
using CiCompliance.Evidence;

namespace CiCompliance.Pipeline;

/// <summary>What a stage may know of the run it belongs to.</summary>
public interface IRunRecord
{
    RunIdentity Identity { get; }

    DateTimeOffset StartedAt { get; }

    /// <summary>Where the run happens, by the runner's own word.</summary>
    HostRecord Host { get; }

    /// <summary><see cref="Verdict.Undecided"/> for a stage that has not run.</summary>
    Verdict VerdictOf(string stage);
}

/// <summary>
/// The run as it stands in <c>evidence.json</c>, rewritten whole after every stage. Recording a stage drops what later stages had answered.
/// </summary>
public sealed class RunRecord : IRunRecord
{
    private readonly EvidenceFolder folder;
    private EvidenceRecord record;

    private RunRecord(EvidenceFolder folder, EvidenceRecord record)
    {
        this.folder = folder;
        this.record = record;
    }

    public RunIdentity Identity => record.Run;

    public DateTimeOffset StartedAt => record.StartedAt;

    public HostRecord Host => record.Host;

    public EvidenceRecord Evidence => record;

    /// <summary>Starts a run in an empty folder, or in one that holds an earlier run's evidence, which is removed first.</summary>
    /// <exception cref="CiComplianceException">The folder holds something else (CIC2206).</exception>
    public static RunRecord Start(EvidenceFolder folder, RunIdentity identity, HostRecord host, byte[] policySource, byte[] policy, DateTimeOffset now)
    {
        folder.Clear();
        folder.Write(EvidencePaths.PolicySource, policySource);
        folder.Write(EvidencePaths.PolicyApplied, policy);
        var run = new RunRecord(folder, new EvidenceRecord(EvidenceRecord.CurrentVersion, identity, host, WholeSeconds(now), []));
        run.Save();
        return run;
    }

    /// <summary>Continues the run that the folder holds, for a stage that runs by itself.</summary>
    /// <exception cref="CiComplianceException">No run there, or one of another commit, policy, repository, mode or tool version (CIC2207).</exception>
    public static RunRecord Continue(EvidenceFolder folder, RunIdentity expected)
    {
        var record = folder.Read(EvidencePaths.Evidence, EvidenceRecord.MaxBytes, bytes => EvidenceRecord.Parse(bytes));
        if (record.Run with { RunId = expected.RunId } != expected)
        {
            throw new CiComplianceException(EvidenceDiagnostics.AnotherRun, folder.Root,
                new("it holds the evidence of another commit, policy, mode or tool", "目录中是其他提交、策略、模式或工具版本的证据"),
                new("Start with cicompliance env verify or cicompliance run, or choose another --out", "请先运行 cicompliance env verify 或 cicompliance run,或用 --out 指定其他目录"));
        }

        return new RunRecord(folder, record);
    }

    public Verdict VerdictOf(string stage) =>
        record.Stages.FirstOrDefault(row => row.Name == stage)?.Verdict ?? Verdict.Undecided;

    /// <summary>Takes back what a stage and later ones answered, before it runs again: one that is killed must not leave its earlier pass.</summary>
    public void Withdraw(string stage)
    {
        var kept = record.Stages.Where(row => StageCatalog.IndexOf(row.Name) < StageCatalog.IndexOf(stage)).ToList();
        if (kept.Count < record.Stages.Count)
        {
            record = record with { Stages = kept };
            Save();
        }
    }

    public void Add(StageResult result, DateTimeOffset startedAt, TimeSpan duration)
    {
        var earlier = record.Stages.TakeWhile(row => row.Name != result.Stage)
            .Where(row => StageCatalog.IndexOf(row.Name) < StageCatalog.IndexOf(result.Stage));
        record = record with { Stages = [.. earlier, ToRow(result, startedAt, duration)] };
        Save();
    }

    private void Save() => folder.Write(EvidencePaths.Evidence, record.ToJson());

    private static StageRow ToRow(StageResult result, DateTimeOffset startedAt, TimeSpan duration) => new(
        result.Stage,
        result.Verdict,
        WholeSeconds(startedAt),
        (long)duration.TotalMilliseconds,
        [.. result.Checks.Select(check => new CheckRow(check.Id, check.Verdict, check.Detail.En, check.Detail.Zh))],
        [.. result.Findings.Select(finding => new FindingRow(finding.Diagnostic.Code, finding.Diagnostic.Kind, finding.Origin,
            finding.What.En, finding.What.Zh, finding.Fix.En, finding.Fix.Zh))]);

    private static DateTimeOffset WholeSeconds(DateTimeOffset time) => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds());
}
