namespace CiCompliance.Assessment;

/// <summary>What the assessment itself has to say to the developer.</summary>
public static class AssessmentFindings
{
    /// <returns>CIC5101 per missing stage; CIC5102 where the host keeps artifacts too short.</returns>
    public static IReadOnlyList<Finding> Of(AssessmentInput input, AssessmentRecord record)
    {
        var findings = record.MissingStages.Select(stage => new Finding(AssessmentDiagnostics.StageMissing, stage,
            new($"the policy requires stage '{stage}', and it left no result", $"策略要求阶段“{stage}”，但没有其结果"),
            new("Run it before assess, or cicompliance run", "请在 assess 之前运行该阶段，或使用 cicompliance run"))).ToList();
        if (input.Host.RetentionDays is { } days && days < RunFacts.RequiredRetentionDays)
        {
            findings.Add(new Finding(AssessmentDiagnostics.RetentionTooShort, input.Host.Name,
                new($"artifacts are kept for {days} days, less than the {RunFacts.RequiredRetentionDays} that six months need",
                    $"产物仅保存 {days} 天，少于六个月所需的 {RunFacts.RequiredRetentionDays} 天"),
                new("Raise the retention, or export the evidence folder to an archive", "请延长保存期限，或将证据目录导出归档")));
        }

        return findings;
    }
}
