using CiCompliance.Assessment;
using CiCompliance.Go;
using CiCompliance.Pipeline;
using CiCompliance.Policy;

namespace CiCompliance.Evidence.Verification;

/// <summary>Step 11: required stages passed, the policy is no weaker than the auditor's, the reports say what the evidence says.</summary>
internal static class VerdictStep
{
    public static void Verify(VerificationContext context)
    {
        if (context.Document(11, EvidencePaths.Evidence, bytes => EvidenceRecord.Parse(bytes)) is not { } evidence
            || context.Document(11, EvidencePaths.PolicyApplied, bytes => CompliancePolicy.Parse(bytes)) is not { } policy)
        {
            return;
        }

        if (evidence.Run != context.Run)
        {
            context.Refuse(11, "evidence", VerificationDiagnostics.AnotherRunsStatement, EvidencePaths.Evidence,
                new("its run identity is not the seal's", "其运行标识与封存不符"));
            return;
        }

        // Attested only, but read by people and tools: their strict format is the least.
        _ = context.Snapshot.Find(EvidencePaths.Environment) is null || context.Document(11, EvidencePaths.Environment, bytes => EnvironmentRecord.Parse(bytes)) is null;
        VerifyPolicy(context, policy);
        VerifyStages(context, evidence);
        VerifyReports(context, evidence, policy);
        context.Attested(11, "host", new(
            $"run by {evidence.Host.Actor ?? "nobody named"} on {evidence.Host.Ci}, started {evidence.StartedAt:u}: the runner's word",
            $"运行方:{evidence.Host.Actor ?? "未注明"},环境:{evidence.Host.Ci},开始于 {evidence.StartedAt:u}:运行环境声明"));
    }

    private static void VerifyPolicy(VerificationContext context, CompliancePolicy policy)
    {
        if (context.Snapshot.Find(EvidencePaths.PolicyApplied)!.Digests != context.Run.Policy || policy.Repository != context.Run.Repository)
        {
            context.Refuse(11, "policy", VerificationDiagnostics.AnotherRunsStatement, EvidencePaths.PolicyApplied,
                new("it is not the policy that the statements name", "不是声明中所指的策略"));
            return;
        }

        if (policy.Log.Kind != context.Manifest.Log.Kind)
        {
            context.Refuse(11, "policy", VerificationDiagnostics.NotInLog, EvidencePaths.PolicyApplied,
                new($"the seal says that the log is {context.Manifest.Log.Kind}, the policy {policy.Log.Kind}",
                    $"封存称日志类型为 {context.Manifest.Log.Kind},策略为 {policy.Log.Kind}"));
            return;
        }

        if (context.Expected.Policy is not { } auditors)
        {
            context.Attested(11, "policy", new("the run's own policy; give --policy to demand yours", "为运行方自己的策略;可用 --policy 要求您的策略"));
            return;
        }

        var merge = PolicyTightening.Apply(auditors, policy, EvidencePaths.PolicyApplied);
        foreach (var finding in merge.Findings)
        {
            context.Refuse(11, "policy", VerificationDiagnostics.PolicyWeaker, EvidencePaths.PolicyApplied, finding.What);
        }

        if (merge.Findings.Count == 0)
        {
            context.Recomputed(11, "policy", new("no weaker than the auditor's", "不弱于审计方策略"));
        }
    }

    private static void VerifyStages(VerificationContext context, EvidenceRecord evidence)
    {
        // The auditor's list decides what is required; without one every stage of the catalog is, whatever the run's policy left out.
        var catalog = StageCatalog.Names.Where(name => name != "seal");
        var required = context.Expected.Policy is { Stages.Count: > 0 } policy ? policy.Stages : catalog;
        var rows = evidence.Stages.ToDictionary(row => row.Name);
        var good = true;
        foreach (var name in required.Concat(rows.Keys).Distinct(StringComparer.Ordinal))
        {
            var verdict = rows.TryGetValue(name, out var row) ? row.Verdict : Verdict.Undecided;
            if (verdict is not (Verdict.Pass or Verdict.NotApplicable) || row!.ToResult().Verdict != verdict)
            {
                good = false;
                context.Refuse(11, "stages", VerificationDiagnostics.StageNotPassed, EvidencePaths.Evidence,
                    new($"stage '{name}' is {verdict.ToWord()}, or says what its rows don't", $"阶段“{name}”为 {verdict.ToWord()},或与其各行不一致"));
            }
        }

        if (good)
        {
            context.Recomputed(11, "stages", new($"{rows.Count} stages passed", $"{rows.Count} 个阶段通过"));
        }
    }

    private static void VerifyReports(VerificationContext context, EvidenceRecord evidence, CompliancePolicy policy)
    {
        if (context.Run.ToolVersion != ToolVersion.Current)
        {
            context.Attested(11, "reports", new(
                $"written by version {context.Run.ToolVersion}; this is {ToolVersion.Current}", $"由 {context.Run.ToolVersion} 版本生成;当前版本 {ToolVersion.Current}"));
            return;
        }

        var files = context.Snapshot.Files.Values.Select(file => new DigestedFile(file.Name, file.Size, file.Digests));
        var input = AssessmentInputs.From(evidence, policy, context.Manifest.Log.Kind, files);
        var differing = new[] { Language.English, Language.Chinese }
            .Select(language => AssessmentInputs.Render(input, language)
                .FirstOrDefault(file => !file.Content.AsSpan().SequenceEqual(context.Snapshot.Find(file.Name)?.Content)).Name)
            .ToList();
        if (differing.TrueForAll(name => name is not null))
        {
            context.Refuse(11, "reports", VerificationDiagnostics.VerdictDiffers, differing[0]!, new("made again it is different", "重新生成的内容与之不同"));
            return;
        }

        context.Recomputed(11, "reports", new("assessment, report and summary made again are the same bytes", "评估、报告与摘要重新生成,字节一致"));
    }
}
