namespace CiCompliance.Diagnostics;

/// <summary>What a diagnostic means for the run; decides the exit code.</summary>
public enum DiagnosticKind
{
    /// <summary>A failure while running: the gate could not decide. Exit 3.</summary>
    Undecided,

    /// <summary>A verdict: not compliant. Exit 1.</summary>
    NotCompliant,

    /// <summary>Usage, configuration or a missing prerequisite. Exit 2.</summary>
    Usage,

    /// <summary>A gap worth showing; it changes no verdict.</summary>
    Notice,
}

/// <summary>
/// One numbered diagnostic. Codes are <c>CIC</c> and four digits, never renumbered or reused; the first digit names the area:
/// 0 environment, 1 Go and source, 2 provenance, attestations and evidence, 3 signing and keys, 4 logs, 5 policy and assessment,
/// 6 hardening, 7 server. Every code has a page docs/diagnostics/CICnnnn.md and a test that provokes it.
/// </summary>
public sealed record Diagnostic(string Code, DiagnosticKind Kind, string Title)
{
    public override string ToString() => Code;
}
