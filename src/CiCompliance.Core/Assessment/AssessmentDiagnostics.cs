namespace CiCompliance.Assessment;

/// <summary>CIC510n: the assessment of a run.</summary>
public static class AssessmentDiagnostics
{
    public static readonly Diagnostic StageMissing = new("CIC5101", DiagnosticKind.Undecided, "A required stage has no result");
    public static readonly Diagnostic RetentionTooShort = new("CIC5102", DiagnosticKind.Notice, "Artifacts are kept for less than six months");
    public static readonly Diagnostic NotSigned = new("CIC5103", DiagnosticKind.Notice, "The run was asked to end before signing");
}
