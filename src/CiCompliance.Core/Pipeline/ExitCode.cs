namespace CiCompliance.Pipeline;

/// <summary>Exit codes of every door. "No" and "don't know" differ; both stop a pipeline.</summary>
public static class ExitCode
{
    public const int Compliant = 0;
    public const int NotCompliant = 1;
    public const int Usage = 2;
    public const int Undecided = 3;
    public const int Cancelled = 130;

    public static int From(Verdict verdict) => verdict switch
    {
        Verdict.Pass or Verdict.NotApplicable => Compliant,
        Verdict.Fail => NotCompliant,
        _ => Undecided,
    };

    public static int From(DiagnosticKind kind) => kind switch
    {
        DiagnosticKind.NotCompliant => NotCompliant,
        DiagnosticKind.Usage => Usage,
        DiagnosticKind.Notice => Compliant,
        _ => Undecided,
    };
}
