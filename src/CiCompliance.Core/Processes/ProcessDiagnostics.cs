namespace CiCompliance.Processes;

/// <summary>CIC001n: child processes.</summary>
public static class ProcessDiagnostics
{
    public static readonly Diagnostic NotStarted = new("CIC0011", DiagnosticKind.Usage, "A program could not be started");
    public static readonly Diagnostic TimedOut = new("CIC0012", DiagnosticKind.Undecided, "A program ran longer than allowed");
    public static readonly Diagnostic TooMuchOutput = new("CIC0013", DiagnosticKind.Undecided, "A program printed more than allowed");
}
