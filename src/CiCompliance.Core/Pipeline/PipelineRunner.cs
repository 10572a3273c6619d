namespace CiCompliance.Pipeline;

/// <summary>Sees the stages begin and end; each door shows them its own way.</summary>
public interface IPipelineObserver
{
    void Started(string stage);

    void Ended(StageResult result, TimeSpan duration);
}

/// <summary>Runs stages in the catalog's order and records each answer.</summary>
public sealed class PipelineRunner(IReadOnlyDictionary<string, IStage> stages, IPipelineObserver observer)
{
    /// <summary>Runs the named stages. A refusal does not end the run at once: what can still be judged safely is judged, and the report written.</summary>
    /// <returns>The answers, in order.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<IReadOnlyList<StageResult>> RunAsync(
        IReadOnlyList<string> names, StageContext context, RunRecord record, CancellationToken cancellationToken)
    {
        var results = new List<StageResult>();
        foreach (var definition in StageCatalog.All.Where(stage => names.Contains(stage.Name)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            observer.Started(definition.Name);
            record.Withdraw(definition.Name);
            var startedAt = context.Clock.GetUtcNow();
            var start = context.Clock.GetTimestamp();
            var result = definition.After.Where(name => !MayFollow(record.VerdictOf(name))).ToList() is { Count: > 0 } missing
                ? NotRun(definition.Name, missing)
                : await RunOneAsync(stages[definition.Name], context, cancellationToken);
            var duration = context.Clock.GetElapsedTime(start);
            if (definition.Name != "seal")
            {
                record.Add(result, startedAt, duration);
            }

            results.Add(result);
            observer.Ended(result, duration);
        }

        return results;
    }

    /// <summary>1 for any refusal; else 2 for usage, configuration or a missing prerequisite; else 3 for anything undecided; else 0.</summary>
    public static int ExitCodeOf(IReadOnlyList<StageResult> results)
    {
        var kinds = results.SelectMany(result => result.Findings).Select(finding => finding.Diagnostic.Kind).ToHashSet();
        var verdict = results.Select(result => result.Verdict).Worst();
        return verdict == Verdict.Fail ? ExitCode.NotCompliant
            : kinds.Contains(DiagnosticKind.Usage) ? ExitCode.Usage
            : ExitCode.From(verdict);
    }

    private static bool MayFollow(Verdict verdict) => verdict is Verdict.Pass or Verdict.NotApplicable;

    private static async Task<StageResult> RunOneAsync(IStage stage, StageContext context, CancellationToken cancellationToken)
    {
        try
        {
            return await stage.RunAsync(context, cancellationToken);
        }
        catch (CiComplianceException e)
        {
            return new StageResult(stage.Name, [], [e.Finding]);
        }
    }

    private static StageResult NotRun(string stage, IReadOnlyList<string> missing)
    {
        var names = string.Join(", ", missing);
        return new StageResult(stage,
            [new Check($"{stage}.not-run", Verdict.Undecided, new($"not run: {names} did not pass", $"未运行:{names} 未通过"))], []);
    }
}
