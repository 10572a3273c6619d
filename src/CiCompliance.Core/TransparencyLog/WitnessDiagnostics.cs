namespace CiCompliance.TransparencyLog;

/// <summary>CIC42nn: witnesses and monitoring of a log.</summary>
public static class WitnessDiagnostics
{
    public static readonly Diagnostic TooFew = new("CIC4201", DiagnosticKind.Undecided, "Too few witnesses co-signed the checkpoint");
    public static readonly Diagnostic Forked = new("CIC4202", DiagnosticKind.NotCompliant, "The log showed two histories");
    public static readonly Diagnostic BadState = new("CIC4203", DiagnosticKind.Usage, "What the monitor saw last cannot be compared");
    public static readonly Diagnostic NotSigned = new("CIC4204", DiagnosticKind.NotCompliant, "The log's checkpoint is not signed by its key");
    public static readonly Diagnostic NotKept = new("CIC4205", DiagnosticKind.Undecided, "What the monitor saw cannot be kept");
}
