namespace CiCompliance.Assessment;

/// <summary>What the assessment itself has to say to the developer.</summary>
public static class AssessmentFindings
{
    private static readonly string[] Signing = ["sign", "record"];

    /// <param name="isUnsigned">
    /// The run was asked for everything before signing and for nothing after: its exit code is that of what it was asked for. The report, which
    /// speaks of delivery, stays undecided, and no such folder can be sealed.
    /// </param>
    /// <returns>CIC5101, or CIC5103, per missing stage; CIC5102 where the host keeps artifacts too short.</returns>
    public static IReadOnlyList<Finding> Of(AssessmentInput input, AssessmentRecord record, bool isUnsigned = false)
    {
        var findings = record.MissingStages.Select(stage => isUnsigned && Signing.Contains(stage) ? NotSigned(stage) : Missing(stage)).ToList();
        if (input.Host.RetentionDays is { } days && days < RunFacts.RequiredRetentionDays)
        {
            findings.Add(new Finding(AssessmentDiagnostics.RetentionTooShort, input.Host.Name,
                new($"artifacts are kept for {days} days, less than the {RunFacts.RequiredRetentionDays} that six months need",
                    $"产物仅保存 {days} 天，少于六个月所需的 {RunFacts.RequiredRetentionDays} 天"),
                new("Raise the retention, or export the evidence folder to an archive", "请延长保存期限，或将证据目录导出归档")));
        }

        return findings;
    }

    private static Finding Missing(string stage) => new(AssessmentDiagnostics.StageMissing, stage,
        new($"the policy requires stage '{stage}', and it left no result", $"策略要求阶段“{stage}”，但没有其结果"),
        new("Run it before assess, or cicompliance run", "请在 assess 之前运行该阶段，或使用 cicompliance run"));

    private static Finding NotSigned(string stage) => new(AssessmentDiagnostics.NotSigned, stage,
        new($"the policy requires stage '{stage}' before anything is delivered, and this run was not asked for it", $"交付之前策略要求阶段“{stage}”，而本次运行未要求执行"),
        new("Hand the folder over to the job that signs, or take the verdict alone", "请将目录交给负责签名的作业，或仅使用此结论"));
}
