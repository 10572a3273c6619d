namespace CiCompliance.Policy;

/// <summary>CIC500n: the policy file <c>compliance.yml</c>.</summary>
public static class PolicyDiagnostics
{
    public static readonly Diagnostic NotText = new("CIC5001", DiagnosticKind.Usage, "The policy file is too large or not plain UTF-8 text");
    public static readonly Diagnostic NotYaml = new("CIC5002", DiagnosticKind.Usage, "The policy file is not valid YAML");
    public static readonly Diagnostic RefusedYaml = new("CIC5003", DiagnosticKind.Usage, "The policy file uses a part of YAML that is not accepted");
    public static readonly Diagnostic DuplicateKey = new("CIC5004", DiagnosticKind.Usage, "A key stands twice in the policy");
    public static readonly Diagnostic UnknownKey = new("CIC5005", DiagnosticKind.Usage, "The policy has no such key");
    public static readonly Diagnostic WrongValue = new("CIC5006", DiagnosticKind.Usage, "A value of the policy is not accepted");
    public static readonly Diagnostic MissingKey = new("CIC5007", DiagnosticKind.Usage, "The policy lacks a key");
    public static readonly Diagnostic Contradiction = new("CIC5008", DiagnosticKind.Usage, "Two keys of the policy do not go together");
    public static readonly Diagnostic BadSumdb = new("CIC5009", DiagnosticKind.Usage, "The checksum database of the policy cannot protect the build");
    public static readonly Diagnostic Weakened = new("CIC5010", DiagnosticKind.Notice, "The tree under test weakens the policy");
}
