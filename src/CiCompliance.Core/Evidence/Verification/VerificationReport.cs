using System.Text.Json.Serialization;
using CiCompliance.Json;

namespace CiCompliance.Evidence.Verification;

/// <summary>What a row rests on.</summary>
[JsonConverter(typeof(KebabCaseEnumConverter<Basis>))]
public enum Basis
{
    /// <summary>Could not be decided here.</summary>
    Undecided,

    /// <summary>The signer's or builder's word, covered by the signatures and nothing else.</summary>
    Attested,

    /// <summary>Computed again by the verifier from the evidence and the auditor's keys.</summary>
    Recomputed,
}

/// <summary>One row of the answer.</summary>
/// <param name="Step">1 to 12, as in DESIGN and docs/evidence-format.md.</param>
public sealed record VerifiedRow(int Step, string Id, Basis Basis, Verdict Verdict, LocalizedText Detail);

/// <summary>The answer of <c>verify evidence</c>.</summary>
public sealed record VerificationReport(IReadOnlyList<VerifiedRow> Rows, IReadOnlyList<Finding> Findings)
{
    public Verdict Verdict => Rows.Where(row => row.Basis != Basis.Attested).Select(row => row.Verdict)
        .Concat(Findings.Select(finding => finding.Diagnostic.Kind switch
        {
            DiagnosticKind.NotCompliant => Verdict.Fail,
            DiagnosticKind.Notice => Verdict.NotApplicable,
            _ => Verdict.Undecided,
        })).Worst();
}
