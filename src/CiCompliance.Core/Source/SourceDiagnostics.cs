namespace CiCompliance.Source;

/// <summary>CIC10nn: signatures of commits and tags, and the range they are looked for in.</summary>
public static class SourceDiagnostics
{
    public static readonly Diagnostic Unsigned = new("CIC1001", DiagnosticKind.NotCompliant, "The commit carries no signature");
    public static readonly Diagnostic UnknownKey = new("CIC1002", DiagnosticKind.NotCompliant, "The signing key is not in the trust store");
    public static readonly Diagnostic BadSignature = new("CIC1003", DiagnosticKind.NotCompliant, "The signature does not verify");
    public static readonly Diagnostic ExpiredKey = new("CIC1004", DiagnosticKind.NotCompliant, "The signing key was not valid when it signed");
    public static readonly Diagnostic UnsupportedSignature = new("CIC1005", DiagnosticKind.NotCompliant, "The signature is of a kind that is not accepted");
    public static readonly Diagnostic WeakAlgorithm = new("CIC1006", DiagnosticKind.NotCompliant, "The signature rests on a weak algorithm or key");
    public static readonly Diagnostic RevokedKey = new("CIC1007", DiagnosticKind.NotCompliant, "The signing key is revoked");
}
