namespace CiCompliance.Sigstore;

/// <summary>CIC2112-CIC2119 and CIC2121-CIC2123: what only general Sigstore bundles have. What they share with ours: <see cref="Attestations.BundleDiagnostics"/>.</summary>
public static class SigstoreDiagnostics
{
    public static readonly Diagnostic UntrustedCertificate = new("CIC2112", DiagnosticKind.NotCompliant, "The bundle's certificate does not lead to a trusted authority");
    public static readonly Diagnostic OtherIdentity = new("CIC2113", DiagnosticKind.NotCompliant, "The bundle's certificate is for another identity");
    public static readonly Diagnostic NoCertificateLog = new("CIC2114", DiagnosticKind.NotCompliant, "No trusted certificate log vouches for the bundle's certificate");
    public static readonly Diagnostic BadTimestampToken = new("CIC2115", DiagnosticKind.NotCompliant, "The bundle's time stamp does not verify");
    public static readonly Diagnostic LogOutsideWindow = new("CIC2116", DiagnosticKind.NotCompliant, "The log's key did not count at the time of the entry");
    public static readonly Diagnostic CertificateOutsideWindow = new("CIC2117", DiagnosticKind.NotCompliant, "The bundle's certificate was not valid when it was used");
    public static readonly Diagnostic Future = new("CIC2118", DiagnosticKind.NotCompliant, "The bundle's time lies in the future");
    public static readonly Diagnostic MalformedRoot = new("CIC2119", DiagnosticKind.Usage, "The trusted root does not have its format");
    public static readonly Diagnostic UnusableKey = new("CIC2121", DiagnosticKind.Usage, "The key that the bundle is verified with cannot be used");
    public static readonly Diagnostic NeedsArtifact = new("CIC2122", DiagnosticKind.Undecided, "The artefact's SHA-256 alone does not decide");
}
