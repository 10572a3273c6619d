namespace CiCompliance.Pipeline;

/// <summary>What a stage answers. The verdict is the worst of its checks and findings.</summary>
public sealed record StageResult(string Stage, IReadOnlyList<Check> Checks, IReadOnlyList<Finding> Findings)
{
    public Verdict Verdict => Checks.Select(check => check.Verdict).Concat(Findings.Select(VerdictOf)).Worst();

    private static Verdict VerdictOf(Finding finding) => finding.Diagnostic.Kind switch
    {
        DiagnosticKind.NotCompliant => Verdict.Fail,
        DiagnosticKind.Notice => Verdict.NotApplicable,
        _ => Verdict.Undecided,
    };
}
