namespace CiCompliance.GoProxy;

/// <summary>CIC71nn: what <c>cicompliance serve goproxy</c> refuses to give, what it can't find out, and what <c>sign-module</c> can't sign.</summary>
public static class GoProxyDiagnostics
{
    public static readonly Diagnostic Denied = new("CIC7101", DiagnosticKind.NotCompliant, "The module version is on the deny list");
    public static readonly Diagnostic TooYoung = new("CIC7102", DiagnosticKind.NotCompliant, "The module version is younger than the policy's minimum age");
    public static readonly Diagnostic MissingSignature = new("CIC7103", DiagnosticKind.NotCompliant, "No publisher has signed the module version");
    public static readonly Diagnostic InvalidSignature = new("CIC7104", DiagnosticKind.NotCompliant, "The publisher's signature is not of this module version");
    public static readonly Diagnostic KeyNotAllowed = new("CIC7105", DiagnosticKind.NotCompliant, "The module version is signed by a key that may not sign it");
    public static readonly Diagnostic InvalidHash = new("CIC7106", DiagnosticKind.NotCompliant, "The module is not what the checksum database holds");
    public static readonly Diagnostic SignatureServiceDown = new("CIC7107", DiagnosticKind.Undecided, "The signature service gave no answer");
    public static readonly Diagnostic SourceFailed = new("CIC7108", DiagnosticKind.Undecided, "The place that the module comes from gave no answer that can be used");
    public static readonly Diagnostic DatabaseUnavailable = new("CIC7109", DiagnosticKind.Undecided, "The public checksum database gave no answer");
    public static readonly Diagnostic DatabaseFalse = new("CIC7110", DiagnosticKind.NotCompliant, "The public checksum database contradicts its own history");
    public static readonly Diagnostic BadZip = new("CIC7111", DiagnosticKind.NotCompliant, "The file is no module zip");
    public static readonly Diagnostic NotRecorded = new("CIC7112", DiagnosticKind.NotCompliant, "The public checksum database does not know the module version");
    public static readonly Diagnostic StorageFailed = new("CIC7113", DiagnosticKind.Undecided, "The proxy cannot keep what it verified");
    public static readonly Diagnostic Busy = new("CIC7114", DiagnosticKind.Undecided, "The proxy has too much to do");
    public static readonly Diagnostic BadConfiguration = new("CIC7120", DiagnosticKind.Usage, "The proxy's configuration cannot be used");
    public static readonly Diagnostic ExportRefused = new("CIC7130", DiagnosticKind.NotCompliant, "The export is not what a trusted key signed");
    public static readonly Diagnostic ExportContradicts = new("CIC7131", DiagnosticKind.NotCompliant, "The export contradicts the proxy's own record");
    public static readonly Diagnostic ExportUnusable = new("CIC7132", DiagnosticKind.Usage, "The export cannot be read or written");
    public static readonly Diagnostic UnsignableModule = new("CIC7140", DiagnosticKind.Usage, "The module version cannot be read to be signed");
    public static readonly Diagnostic SignedOtherwise = new("CIC7141", DiagnosticKind.NotCompliant, "The module version is signed already, as something else");
    public static readonly Diagnostic OpenPgpFailed = new("CIC7142", DiagnosticKind.Usage, "gpg made no signature");
    public static readonly Diagnostic UnusableSignature = new("CIC7143", DiagnosticKind.Usage, "A proxy would refuse what this key signs");
    public static readonly Diagnostic SignatureNotKept = new("CIC7144", DiagnosticKind.Usage, "The signature cannot be kept in the folder");

    /// <summary>A proxy's folder that can't be read or written, for whoever runs it (CIC7113).</summary>
    public static CiComplianceException Unusable(string path, Exception cause) =>
        new(StorageFailed, path, new(cause.Message, cause.Message), new("Look at the disk and its permissions", "请检查磁盘与权限"), cause);

    /// <summary>Whether somebody should be woken: what is denied, young or unknown is not an attack.</summary>
    public static bool IsAlarm(Diagnostic diagnostic) => diagnostic.Kind == DiagnosticKind.NotCompliant && diagnostic != Denied && diagnostic != TooYoung && diagnostic != NotRecorded;
}
