namespace CiCompliance.Cryptography;

/// <summary>CIC31nn: keyrings that become trusted keys.</summary>
public static class TrustImportDiagnostics
{
    public static readonly Diagnostic Unreadable = new("CIC3100", DiagnosticKind.Usage, "The keyring cannot be read");
    public static readonly Diagnostic Malformed = new("CIC3101", DiagnosticKind.Usage, "The keyring is of no known form");
    public static readonly Diagnostic SecretKey = new("CIC3102", DiagnosticKind.Usage, "The keyring holds a secret key");
    public static readonly Diagnostic LeftOut = new("CIC3103", DiagnosticKind.Notice, "A key of the keyring cannot sign and was left out");
    public static readonly Diagnostic BadVerifierKey = new("CIC3104", DiagnosticKind.Usage, "The verifier key is malformed or does not match its hash");
    public static readonly Diagnostic WrongRole = new("CIC3105", DiagnosticKind.Usage, "The key cannot have this role");
    public static readonly Diagnostic NothingUsable = new("CIC3106", DiagnosticKind.Usage, "The keyring holds no usable key");
}
