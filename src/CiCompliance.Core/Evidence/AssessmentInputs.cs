using CiCompliance.Assessment;
using CiCompliance.Policy;

namespace CiCompliance.Evidence;

/// <summary>Gives the assessment what it looks at, in the run and in the verifier alike, so that both make the same bytes.</summary>
internal static class AssessmentInputs
{
    private static readonly string[] Own = [EvidencePaths.Evidence, EvidencePaths.Assessment, EvidencePaths.Report, EvidencePaths.Summary];

    /// <param name="files">Every file of the folder; those that are written later or by the assessment itself are left out here.</param>
    public static AssessmentInput From(EvidenceRecord evidence, CompliancePolicy policy, LogKind log, IEnumerable<DigestedFile> files)
    {
        var stages = evidence.Stages.Where(row => row.Name is not ("assess" or "seal")).ToList();
        var finished = stages.Count == 0 ? evidence.StartedAt : stages[^1].StartedAt.AddSeconds(stages[^1].DurationMilliseconds / 1000);
        var kept = files.Where(file => !Own.Contains(file.Name) && !file.Name.StartsWith("seal/", StringComparison.Ordinal))
            .OrderBy(file => file.Name, StringComparer.Ordinal).ToList();
        return new AssessmentInput(
            evidence.Run,
            evidence.StartedAt,
            finished,
            new HostFacts(evidence.Host.Ci, evidence.Host.Actor, evidence.Host.CiRunId, evidence.Host.RetentionDays),
            policy,
            log,
            TrustedTime: false,
            KeyCustody.Software,
            [.. stages.Select(row => new StageOutcome(row.Name, row.Verdict, row.DurationMilliseconds, row.ToResult().Checks, row.ToResult().Findings))],
            [.. kept.Where(file => file.Name.StartsWith(EvidencePaths.Outputs + "/", StringComparison.Ordinal))
                .Select(file => file with { Name = file.Name[(EvidencePaths.Outputs.Length + 1)..] })],
            kept);
    }

    /// <summary>The files that <c>assess</c> writes.</summary>
    /// <param name="language">Which of the two comes first; all texts are in both.</param>
    public static IReadOnlyList<(string Name, byte[] Content)> Render(AssessmentInput input, Language language)
    {
        var record = AssessmentBuilder.Build(input);
        return
        [
            (EvidencePaths.Assessment, record.ToJson()),
            (EvidencePaths.Report, ReportWriter.Write(input, record, language)),
            (EvidencePaths.Summary, SummaryWriter.Write(input, record, language)),
        ];
    }
}
