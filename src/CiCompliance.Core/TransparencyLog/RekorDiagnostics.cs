namespace CiCompliance.TransparencyLog;

/// <summary>CIC41nn: a Rekor server; <see cref="BadUrl"/> is about any service's address.</summary>
public static class RekorDiagnostics
{
    public static readonly Diagnostic Unreachable = new("CIC4101", DiagnosticKind.Undecided, "The Rekor server does not answer");
    public static readonly Diagnostic Refused = new("CIC4102", DiagnosticKind.Undecided, "The Rekor server refused a request");
    public static readonly Diagnostic DoesNotVerify = new("CIC4103", DiagnosticKind.Undecided, "The Rekor server's answer does not verify");
    public static readonly Diagnostic BadUrl = new("CIC4104", DiagnosticKind.Usage, "A service's address is not https");
    public static readonly Diagnostic Malformed = new("CIC4105", DiagnosticKind.Undecided, "The Rekor server's answer does not have its format");
}
