using CiCompliance.Pipeline;
using CiCompliance.Policy;

namespace CiCompliance.Assessment;

/// <summary>One row of the verdict table: the same words in the terminal, the page and the summary.</summary>
/// <param name="Reason">One line, safe to print.</param>
internal sealed record StageLine(string Name, LocalizedText Title, Verdict Verdict, LocalizedText Reason, long DurationMilliseconds)
{
    private const int MaxReason = 240;

    /// <summary>In the order stages run; required stages without a result in their place.</summary>
    public static IReadOnlyList<StageLine> Of(IReadOnlyList<StageOutcome> stages, IReadOnlyList<string> missing)
    {
        var order = StageCatalog.Names.ToList();
        return
        [
            .. stages.Select(Of)
                .Concat(missing.Select(name => new StageLine(name, Wording.Stage(name), Verdict.Undecided,
                    new("required by the policy, no result", "策略要求，但没有结果"), -1)))
                .OrderBy(line => order.IndexOf(line.Name) is var index && index < 0 ? int.MaxValue : index),
        ];
    }

    public static StageLine Of(StageOutcome stage)
    {
        var verdict = stage.Effective;
        return new StageLine(stage.Name, Wording.Stage(stage.Name), verdict, ReasonFor(stage, verdict), stage.DurationMilliseconds);
    }

    private static LocalizedText ReasonFor(StageOutcome stage, Verdict verdict)
    {
        var stopping = stage.Findings.Where(finding => finding.Diagnostic.Kind != DiagnosticKind.Notice)
            .OrderBy(finding => finding.Diagnostic.Kind == DiagnosticKind.NotCompliant ? 0 : 1).ToList();
        if (verdict is Verdict.Fail or Verdict.Undecided && stopping.Count > 0)
        {
            var first = stopping[0];
            var (en, zh) = stopping.Count == 1 ? ("", "") : ($" (and {stopping.Count - 1} more)", $"（另有 {stopping.Count - 1} 项）");
            return new(
                $"{first.Diagnostic.Code}: {SafeText.Line(first.What.En, MaxReason)}{en}",
                $"{first.Diagnostic.Code}：{SafeText.Line(first.What.Zh, MaxReason)}{zh}");
        }

        var checks = stage.Checks.Where(check => check.Verdict == verdict).ToList();
        return (verdict, checks) switch
        {
            (_, [var only]) => Detail(only),
            (Verdict.Pass, [_, ..]) => new($"{checks.Count} checks passed", $"{checks.Count} 项检查通过"),
            (_, [var first, ..]) => Detail(first),
            (Verdict.NotApplicable, _) => new("not applicable here", "此处不适用"),
            _ => new("no check has a result", "没有检查给出结果"),
        };
    }

    private static LocalizedText Detail(Pipeline.Check check) => new(SafeText.Line(check.Detail.En, MaxReason), SafeText.Line(check.Detail.Zh, MaxReason));
}
