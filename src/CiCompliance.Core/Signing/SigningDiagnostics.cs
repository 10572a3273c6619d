namespace CiCompliance.Signing;

/// <summary>CIC315n: the sign stage.</summary>
public static class SigningDiagnostics
{
    public static readonly Diagnostic KeyMissing = new("CIC3150", DiagnosticKind.Usage, "A signing key is missing");
    public static readonly Diagnostic StageNotPassed = new("CIC3151", DiagnosticKind.NotCompliant, "A stage that signing rests on has not passed");
    public static readonly Diagnostic SubjectDiffers = new("CIC3152", DiagnosticKind.NotCompliant, "A statement is not about the output as it is");
    public static readonly Diagnostic RunDiffers = new("CIC3153", DiagnosticKind.NotCompliant, "A statement belongs to another run");
    public static readonly Diagnostic SourceNotVerified = new("CIC3154", DiagnosticKind.NotCompliant, "The recorded source is not verified");
    public static readonly Diagnostic UnexpectedStatement = new("CIC3155", DiagnosticKind.NotCompliant, "A statement belongs to no output");
    public static readonly Diagnostic SignatureFailed = new("CIC3156", DiagnosticKind.Undecided, "A signature just made does not verify");
    public static readonly Diagnostic BinaryDiffers = new("CIC3157", DiagnosticKind.NotCompliant, "An output judged again is not what was recorded");
}
