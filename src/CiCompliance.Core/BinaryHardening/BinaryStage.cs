using CiCompliance.Evidence;
using CiCompliance.Pipeline;
using CiCompliance.Provenance;

namespace CiCompliance.BinaryHardening;

/// <summary><c>binary</c>: judges every output by its bytes, and that it holds the verified modules and came from the recorded command.</summary>
public sealed class BinaryStage(IBinaryJudge judge) : IStage
{
    public string Name => "binary";

    public Task<StageResult> RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        var evidence = context.Evidence;
        BuildOutputs.ClearStatements(evidence, "binary");

        var checks = new List<Check>();
        var findings = new List<Finding>();
        foreach (var name in BuildOutputs.Names(evidence, HardeningDiagnostics.NoOutputs))
        {
            cancellationToken.ThrowIfCancellationRequested();
            context.Progress.Report(new($"judging {name}", $"正在判定 {name}"));
            var judgement = judge.Judge(context, name, cancellationToken);
            evidence.Write(EvidencePaths.Unsigned(name, "binary"), judgement.Statement.ToJson());
            checks.AddRange(judgement.Properties.Select(property => new Check($"binary.{property.Id}[{name}]", property.Verdict, property.Detail)));
            findings.AddRange(Findings(name, judgement.Hardening));
            findings.AddRange(Findings(name, judgement.Origin, HardeningDiagnostics.OtherOrigin,
                new("Run the pipeline again from the source stage on; if it stays, find what replaces the output", "请从 source 阶段重新运行;若仍出现,请排查产物被何物替换")));
        }

        return Task.FromResult(new StageResult(Name, checks, findings));
    }

    /// <summary>What keeps a program from being hardened, as findings about <paramref name="name"/>.</summary>
    public static IReadOnlyList<Finding> Findings(string name, IReadOnlyList<HardeningProperty> properties) =>
        [.. Findings(name, properties, HardeningDiagnostics.NotHardened,
            new("Change what cicompliance build is told, or the code that asks for it; never the verdict", "请调整构建配置或相关代码,而不是判定结果"))];

    private static IEnumerable<Finding> Findings(string name, IReadOnlyList<HardeningProperty> properties, Diagnostic diagnostic, LocalizedText fix) =>
        properties.Where(property => property.Verdict is Verdict.Fail or Verdict.Undecided)
            .Select(property => new Finding(diagnostic, name,
                new($"{property.Id}: {property.Detail.En}", $"{property.Id}:{property.Detail.Zh}"), fix));
}
