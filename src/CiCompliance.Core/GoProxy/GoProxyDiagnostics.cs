namespace CiCompliance.GoProxy;

/// <summary>CIC71nn: what <c>cicompliance serve goproxy</c> refuses to give, what it can't find out, and what <c>sign-module</c> can't sign.</summary>
public static class GoProxyDiagnostics
{
    public static readonly Diagnostic MissingSignature = new("CIC7103", DiagnosticKind.NotCompliant, "No publisher has signed the module version");
    public static readonly Diagnostic InvalidSignature = new("CIC7104", DiagnosticKind.NotCompliant, "The publisher's signature is not of this module version");
    public static readonly Diagnostic KeyNotAllowed = new("CIC7105", DiagnosticKind.NotCompliant, "The module version is signed by a key that may not sign it");
    public static readonly Diagnostic SignatureServiceDown = new("CIC7107", DiagnosticKind.Undecided, "The signature service gave no answer");
    public static readonly Diagnostic UnsignableModule = new("CIC7140", DiagnosticKind.Usage, "The module version cannot be read to be signed");
    public static readonly Diagnostic SignedOtherwise = new("CIC7141", DiagnosticKind.NotCompliant, "The module version is signed already, as something else");
    public static readonly Diagnostic OpenPgpFailed = new("CIC7142", DiagnosticKind.Usage, "gpg made no signature");
    public static readonly Diagnostic UnusableSignature = new("CIC7143", DiagnosticKind.Usage, "A proxy would refuse what this key signs");
    public static readonly Diagnostic SignatureNotKept = new("CIC7144", DiagnosticKind.Usage, "The signature cannot be kept in the folder");
}
