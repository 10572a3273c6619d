namespace CiCompliance.BinaryHardening;

/// <summary>CIC60nn: hardening, read from the ELF.</summary>
public static class HardeningDiagnostics
{
    public static readonly Diagnostic NotJudged = new("CIC6001", DiagnosticKind.Undecided, "The file is no ELF program that can be judged");
    public static readonly Diagnostic NotReadable = new("CIC6002", DiagnosticKind.Usage, "The binary cannot be read");
    public static readonly Diagnostic NotHardened = new("CIC6003", DiagnosticKind.NotCompliant, "The binary is not hardened");
    public static readonly Diagnostic NoHardenedBuild = new("CIC6004", DiagnosticKind.Usage, "This Go version cannot build a hardened binary for the target");
    public static readonly Diagnostic OtherOrigin = new("CIC6005", DiagnosticKind.NotCompliant, "The binary was not built from what was verified");
    public static readonly Diagnostic NoOutputs = new("CIC6006", DiagnosticKind.Undecided, "There is no output to judge");
}
