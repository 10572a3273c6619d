namespace CiCompliance.Diagnostics;

/// <summary>
/// Broken input, a missing prerequisite or a failed dependency. Expected refusals are <see cref="Verdict"/>s and findings instead.
/// The exit code follows from <see cref="Diagnostic.Kind"/>. Never carries a secret.
/// </summary>
public sealed class CiComplianceException(Finding finding, Exception? innerException = null)
    : Exception(finding.Format(Language.English), innerException)
{
    public CiComplianceException(Diagnostic diagnostic, string origin, LocalizedText what, LocalizedText fix, Exception? innerException = null)
        : this(new Finding(diagnostic, origin, what, fix), innerException)
    {
    }

    public Finding Finding { get; } = finding;

    public Diagnostic Diagnostic => Finding.Diagnostic;
}
