using CiCompliance.Pipeline;

namespace CiCompliance.Sigstore;

/// <summary>The answer about one bundle.</summary>
/// <param name="Checks">What was verified, in the order of the guide.</param>
/// <param name="Findings">Every reason for refusing it; empty exactly when the verdict is <see cref="Verdict.Pass"/>.</param>
/// <param name="Bundle">As parsed, or null where it could not be. Trust its content only when the verdict is a pass.</param>
/// <param name="Times">Times that a log or a time-stamping authority vouches for; of a pass only.</param>
public sealed record SigstoreAnswer(
    Verdict Verdict, IReadOnlyList<Check> Checks, IReadOnlyList<Finding> Findings, Bundle? Bundle, IReadOnlyList<DateTimeOffset> Times);

/// <summary>Collects the answer.</summary>
internal sealed class SigstoreReport(string origin)
{
    private static readonly LocalizedText FetchAgain = new("Get the bundle again from its source, and look who made it", "请从来源重新获取 bundle,并确认是谁制作的");

    private readonly List<Check> checks = [];
    private readonly List<Finding> findings = [];

    public int Refusals => findings.Count;

    public bool IsRefused(string check) => checks.Exists(item => item.Id == check && item.Verdict != Verdict.Pass);

    public void Pass(string check, string en, string zh) => checks.Add(new(check, Verdict.Pass, new(en, zh)));

    public void Refuse(string check, Diagnostic diagnostic, LocalizedText what, LocalizedText? fix = null)
    {
        checks.Add(new(check, diagnostic.Kind == DiagnosticKind.NotCompliant ? Verdict.Fail : Verdict.Undecided, what));
        findings.Add(new(diagnostic, origin, what, fix ?? FetchAgain));
    }

    public SigstoreAnswer Answer(Bundle? bundle, IReadOnlyList<DateTimeOffset> times)
    {
        var verdict = findings.Count == 0 && checks.Count > 0 ? Verdict.Pass
            : findings.Exists(finding => finding.Diagnostic.Kind == DiagnosticKind.NotCompliant) ? Verdict.Fail
            : Verdict.Undecided;
        return new(verdict, checks, findings, bundle, verdict == Verdict.Pass ? times : []);
    }
}
