using System.Text.Json;
using System.Text.Json.Nodes;
using CiCompliance.Attestations;
using CiCompliance.BinaryHardening;
using CiCompliance.Digests;
using CiCompliance.Evidence;
using CiCompliance.Go;
using CiCompliance.Pipeline;
using CiCompliance.Source;

namespace CiCompliance.Signing;

/// <summary>A statement about to be signed: its exact bytes.</summary>
internal sealed record PendingStatement(string Output, string Predicate, byte[] Payload);

/// <summary>Reads what the build and binary stages left unsigned, checks each against <c>bin/</c> and the run, and adds source and dependencies.</summary>
internal sealed class StatementCollector(IBinaryJudge binaries, IDigestCalculator digests)
{
    private const int MaxStatement = SigstoreBundle.MaxBytes / 2;
    private const int MaxRecord = 64 << 20;

    public IReadOnlyList<PendingStatement> Collect(
        StageContext context, SourceRecord source, List<Finding> findings, CancellationToken cancellationToken)
    {
        var names = context.Evidence.List();
        var outputs = names.Where(name => name.StartsWith(EvidencePaths.Outputs + "/", StringComparison.Ordinal))
            .Select(name => name[(EvidencePaths.Outputs.Length + 1)..]).ToList();
        var dependencies = context.Evidence.Read(EvidencePaths.Modules, MaxRecord, bytes => DependencyRecord.Parse(bytes));
        var sourceFiles = DigestFiles(context, SourcePredicate.Files, cancellationToken);
        var dependencyFiles = DigestFiles(context, DependenciesPredicate.Files, cancellationToken);
        var run = context.Run.Identity;
        var pending = new List<PendingStatement>();
        foreach (var output in outputs)
        {
            var subject = new Subject(output, Digest(context, EvidencePaths.Output(output), cancellationToken));
            pending.Add(Written(context, subject, "provenance", PredicateTypes.Provenance, findings));
            pending.Add(new(output, "source",
                new SourcePredicate(run, source.Commit, source.Tree, source.Commits, sourceFiles, source.Base).ToStatement(subject).ToJson()));
            pending.Add(new(output, "dependencies",
                new DependenciesPredicate(run, dependencies.TreeSize, dependencies.Modules.Count, dependencies.CacheOrigin,
                    dependencies.Vendor, dependencyFiles, dependencies.Sumdb).ToStatement(subject).ToJson()));
            var binary = Written(context, subject, "binary", PredicateTypes.Binary, findings);
            pending.Add(binary);
            if (findings.Count == 0)
            {
                JudgeAgain(context, binary, findings, cancellationToken);
            }
        }

        var expected = outputs.SelectMany(output => new[] { EvidencePaths.Unsigned(output, "provenance"), EvidencePaths.Unsigned(output, "binary") }).ToHashSet();
        findings.AddRange(names.Where(name => name.EndsWith(".statement.json", StringComparison.Ordinal) && !expected.Contains(name))
            .Select(name => new Finding(SigningDiagnostics.UnexpectedStatement, name,
                new("it belongs to no output in bin/", "其不属于 bin/ 中的任何产物"),
                new("Look what wrote it, then run cicompliance run from the beginning", "请检查来源后从头运行 cicompliance run"))));
        return pending;
    }

    /// <summary>Evidence that crossed from one job to another may have been changed on the way: the output is judged here, not there.</summary>
    private void JudgeAgain(StageContext context, PendingStatement recorded, List<Finding> findings, CancellationToken cancellationToken)
    {
        var judgement = binaries.Judge(context, recorded.Output, cancellationToken);
        var failed = judgement.Properties.FirstOrDefault(property => property.Verdict is Verdict.Fail or Verdict.Undecided);
        if (failed is not null || !judgement.Statement.ToJson().AsSpan().SequenceEqual(recorded.Payload))
        {
            findings.Add(new(SigningDiagnostics.BinaryDiffers, EvidencePaths.Output(recorded.Output),
                failed is null
                    ? new("judged again it is not what the binary stage recorded", "重新判定的结果与 binary 阶段的记录不符")
                    : new($"judged again, {failed.Id} does not pass: {failed.Detail.En}", $"重新判定时 {failed.Id} 未通过:{failed.Detail.Zh}"),
                new("The output or its records were changed after they were judged: run the pipeline again", "产物或其记录在判定后被改动:请重新运行流水线")));
        }
    }

    private static PendingStatement Written(StageContext context, Subject subject, string predicate, string type, List<Finding> findings)
    {
        var name = EvidencePaths.Unsigned(subject.Name, predicate);
        var payload = context.Evidence.Read(name, MaxStatement);
        var statement = context.Evidence.Read(name, MaxStatement, _ => Statement.Parse(payload));
        if (statement.PredicateType != type || statement.Subject is not [var only] || only != subject)
        {
            findings.Add(new(SigningDiagnostics.SubjectDiffers, name,
                new($"it does not speak of {EvidencePaths.Output(subject.Name)} as it is now", $"其内容与当前的 {EvidencePaths.Output(subject.Name)} 不符"),
                new("The output was changed after it was built or judged: build again", "产物在构建或检查后被改动:请重新构建")));
        }

        if (RunOf(statement) != context.Run.Identity)
        {
            findings.Add(new(SigningDiagnostics.RunDiffers, name,
                new("its run identity is not this run's", "其运行标识与本次运行不符"),
                new("Run cicompliance run from the beginning", "请从头运行 cicompliance run")));
        }

        return new(subject.Name, predicate, payload);
    }

    private static RunIdentity? RunOf(Statement statement)
    {
        try
        {
            var holder = statement.PredicateType == PredicateTypes.Provenance
                ? (statement.Predicate["buildDefinition"] as JsonObject)?["internalParameters"] as JsonObject
                : statement.Predicate;
            return holder?["run"].Deserialize(StatementContext.Default.RunIdentity);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private Dictionary<string, DigestSet> DigestFiles(StageContext context, IReadOnlyList<string> names, CancellationToken cancellationToken) =>
        names.Where(context.Evidence.Exists).ToDictionary(name => name, name => Digest(context, name, cancellationToken));

    private DigestSet Digest(StageContext context, string name, CancellationToken cancellationToken)
    {
        using var file = context.Evidence.OpenRead(name);
        return digests.Compute(file, cancellationToken);
    }
}
