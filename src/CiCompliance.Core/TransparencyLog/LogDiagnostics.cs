namespace CiCompliance.TransparencyLog;

/// <summary>CIC40nn: the embedded transparency log, which log a run uses, and evidence that waits for it.</summary>
public static class LogDiagnostics
{
    public static readonly Diagnostic Damaged = new("CIC4001", DiagnosticKind.Undecided, "The transparency log is damaged");
    public static readonly Diagnostic InUse = new("CIC4002", DiagnosticKind.Usage, "Another process is writing the transparency log");
    public static readonly Diagnostic NotALog = new("CIC4003", DiagnosticKind.Usage, "The folder holds no transparency log");
    public static readonly Diagnostic NotEmpty = new("CIC4004", DiagnosticKind.Usage, "A transparency log can only be created in an empty folder");
    public static readonly Diagnostic SigningKey = new("CIC4005", DiagnosticKind.Usage, "The log's key is a signing key");
    public static readonly Diagnostic WrongKey = new("CIC4006", DiagnosticKind.Usage, "The key is not this log's key");
    public static readonly Diagnostic NotWritable = new("CIC4007", DiagnosticKind.Undecided, "The transparency log cannot be written");
    public static readonly Diagnostic BadName = new("CIC4008", DiagnosticKind.Usage, "The log's name is not a host name");
    public static readonly Diagnostic EntryTooLarge = new("CIC4009", DiagnosticKind.Undecided, "A log entry is larger than allowed");
    public static readonly Diagnostic EphemeralInCi = new("CIC4010", DiagnosticKind.Usage, "An ephemeral log is refused in CI");
    public static readonly Diagnostic NoLogKey = new("CIC4011", DiagnosticKind.Usage, "The key of the transparency log is missing");
    public static readonly Diagnostic NoTrustedLog = new("CIC4012", DiagnosticKind.Usage, "No single trusted key for the external log");
    public static readonly Diagnostic NotConfigured = new("CIC4013", DiagnosticKind.Usage, "The policy does not say where the log is");
    public static readonly Diagnostic NothingToRecord = new("CIC4014", DiagnosticKind.Undecided, "There is no signed statement to record");
    public static readonly Diagnostic RecordedBadly = new("CIC4015", DiagnosticKind.Undecided, "What was recorded does not verify");
    public static readonly Diagnostic NoSigner = new("CIC4016", DiagnosticKind.Usage, "The public key of a bundle's signer is not known");
    public static readonly Diagnostic SigningConfig = new("CIC4030", DiagnosticKind.Usage, "The signing config cannot be used");
    public static readonly Diagnostic Pending = new("CIC4031", DiagnosticKind.Undecided, "The log could not be reached, and the evidence waits to be recorded");
    public static readonly Diagnostic NothingPending = new("CIC4032", DiagnosticKind.Usage, "No evidence waits to be recorded");
    public static readonly Diagnostic PendingChanged = new("CIC4033", DiagnosticKind.NotCompliant, "The evidence was changed while it waited to be recorded");
}
