namespace CiCompliance.Cryptography;

/// <summary>CIC30nn: private keys, passphrases and certificate chains.</summary>
public static class KeyDiagnostics
{
    public static readonly Diagnostic Unreadable = new("CIC3000", DiagnosticKind.Usage, "The key or passphrase cannot be read");
    public static readonly Diagnostic MalformedKey = new("CIC3001", DiagnosticKind.Usage, "The key is not a private key in PKCS#8 PEM form");
    public static readonly Diagnostic PassphraseNeeded = new("CIC3002", DiagnosticKind.Usage, "The key is encrypted and no passphrase was given");
    public static readonly Diagnostic WrongPassphrase = new("CIC3003", DiagnosticKind.Usage, "The passphrase does not open the key");
    public static readonly Diagnostic WrongAlgorithm = new("CIC3004", DiagnosticKind.Usage, "The key is of another algorithm");
    public static readonly Diagnostic UnsupportedEncryption = new("CIC3005", DiagnosticKind.Usage, "The key is encrypted in a way that is not accepted");
    public static readonly Diagnostic Exposed = new("CIC3006", DiagnosticKind.Usage, "Other users can read or change the key file");
    public static readonly Diagnostic MalformedPassphrase = new("CIC3007", DiagnosticKind.Usage, "The passphrase is empty or too long");
    public static readonly Diagnostic MalformedChain = new("CIC3008", DiagnosticKind.Usage, "The certificate chain is malformed");
    public static readonly Diagnostic ForeignChain = new("CIC3009", DiagnosticKind.Usage, "The first certificate is not the key's");
    public static readonly Diagnostic ChainNeeded = new("CIC3010", DiagnosticKind.Usage, "A certificate is needed to sign in this form");
    public static readonly Diagnostic NotWritten = new("CIC3011", DiagnosticKind.Usage, "The key file cannot be written");
}
