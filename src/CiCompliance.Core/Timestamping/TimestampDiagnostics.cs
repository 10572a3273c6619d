namespace CiCompliance.Timestamping;

/// <summary>CIC43nn: time-stamping authorities (RFC 3161).</summary>
public static class TimestampDiagnostics
{
    public static readonly Diagnostic Unreachable = new("CIC4301", DiagnosticKind.Undecided, "The time-stamping authority does not answer");
    public static readonly Diagnostic Refused = new("CIC4302", DiagnosticKind.Undecided, "The time-stamping authority gave no usable time stamp");
}
