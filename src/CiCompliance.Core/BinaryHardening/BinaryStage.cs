using System.Text.Json;
using System.Text.Json.Nodes;
using CiCompliance.Attestations;
using CiCompliance.Digests;
using CiCompliance.Evidence;
using CiCompliance.Go;
using CiCompliance.Pipeline;
using CiCompliance.Provenance;
using CiCompliance.Source;

namespace CiCompliance.BinaryHardening;

/// <summary><c>binary</c>: judges every output by its bytes, and that it holds the verified modules and came from the recorded command.</summary>
public sealed class BinaryStage(IRunIdentity identity, IDigestCalculator digests) : IStage
{
    private const int MaxRecordBytes = 256 << 20;

    public string Name => "binary";

    public Task<StageResult> RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        var evidence = context.Evidence;
        var source = evidence.Read(EvidencePaths.Source, MaxRecordBytes, bytes => SourceRecord.Parse(bytes));
        var dependencies = evidence.Read(EvidencePaths.Modules, MaxRecordBytes, bytes => DependencyRecord.Parse(bytes));
        var run = identity.Get(context);
        BuildOutputs.ClearStatements(evidence, "binary");

        var checks = new List<Check>();
        var findings = new List<Finding>();
        foreach (var name in BuildOutputs.Names(evidence, HardeningDiagnostics.NoOutputs))
        {
            cancellationToken.ThrowIfCancellationRequested();
            context.Progress.Report(new($"judging {name}", $"正在判定 {name}"));
            var path = evidence.PathOf(EvidencePaths.Output(name));
            var digest = Digest(path, cancellationToken);
            var provenance = evidence.Read(EvidencePaths.Unsigned(name, "provenance"), MaxRecordBytes, RecordedBuild.Parse);
            var report = HardeningVerifier.Verify(path, context.Policy.Binary);
            IReadOnlyList<HardeningProperty> origin = OriginRules.Judge(report, dependencies, source.ModuleDirectory, provenance, new Subject(name, digest));
            IReadOnlyList<HardeningProperty> all = [.. report.Properties, .. origin];

            evidence.Write(EvidencePaths.Unsigned(name, "binary"), Statement(name, digest, run, report, all).ToJson());
            checks.AddRange(all.Select(property => new Check($"binary.{property.Id}[{name}]", property.Verdict, property.Detail)));
            findings.AddRange(Findings(name, report.Properties));
            findings.AddRange(Findings(name, origin, HardeningDiagnostics.OtherOrigin,
                new("Run the pipeline again from the source stage on; if it stays, find what replaces the output", "请从 source 阶段重新运行;若仍出现,请排查产物被何物替换")));
        }

        return Task.FromResult(new StageResult(Name, checks, findings));
    }

    private DigestSet Digest(string path, CancellationToken cancellationToken)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        return digests.Compute(file, cancellationToken);
    }

    private static Statement Statement(string name, DigestSet digest, RunIdentity run, HardeningReport report, IReadOnlyList<HardeningProperty> properties)
    {
        var predicate = new JsonObject
        {
            ["run"] = JsonSerializer.SerializeToNode(run, StatementContext.Default.RunIdentity),
            ["format"] = report.Format,
            ["properties"] = new JsonArray([.. properties.Select(property => new JsonObject
            {
                ["id"] = property.Id,
                ["verdict"] = property.Verdict.ToWord(),
                ["en"] = property.Detail.En,
                ["zh"] = property.Detail.Zh,
            })]),
        };
        if (report.BuildInfo is { } info)
        {
            predicate["goVersion"] = info.GoVersion;
            predicate["modulePath"] = info.Main?.Path ?? "";
        }

        return new Statement(Attestations.Statement.V1, [new Subject(name, digest)], PredicateTypes.Binary, predicate);
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
