namespace CiCompliance.Attestations;

/// <summary>CIC210n, CIC211n: Sigstore bundles.</summary>
public static class BundleDiagnostics
{
    public static readonly Diagnostic Malformed = new("CIC2100", DiagnosticKind.NotCompliant, "The bundle does not have its format");
    public static readonly Diagnostic Unsupported = new("CIC2101", DiagnosticKind.Undecided, "The bundle is of a kind that is not read");
    public static readonly Diagnostic UnknownSigner = new("CIC2102", DiagnosticKind.NotCompliant, "The bundle's signer is not trusted");
    public static readonly Diagnostic BadSignature = new("CIC2103", DiagnosticKind.NotCompliant, "The bundle's signature does not verify");
    public static readonly Diagnostic OtherContent = new("CIC2104", DiagnosticKind.NotCompliant, "The bundle is about something else");
    public static readonly Diagnostic NotLogged = new("CIC2105", DiagnosticKind.NotCompliant, "The bundle has no transparency log entry");
    public static readonly Diagnostic UnknownLog = new("CIC2106", DiagnosticKind.NotCompliant, "The bundle's log is not trusted");
    public static readonly Diagnostic OtherEntry = new("CIC2107", DiagnosticKind.NotCompliant, "The log entry is about something else");
    public static readonly Diagnostic BadTimestamp = new("CIC2108", DiagnosticKind.NotCompliant, "The log's signed entry timestamp does not verify");
    public static readonly Diagnostic NoTime = new("CIC2109", DiagnosticKind.NotCompliant, "Nothing authenticates the time of the log entry");
    public static readonly Diagnostic BadInclusion = new("CIC2110", DiagnosticKind.NotCompliant, "The log entry's inclusion is not proved");
    public static readonly Diagnostic BadCheckpoint = new("CIC2111", DiagnosticKind.NotCompliant, "The log's checkpoint does not verify");
}
