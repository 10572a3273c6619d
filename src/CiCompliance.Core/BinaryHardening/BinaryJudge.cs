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

/// <summary>Judges one output of a run; the binary stage records the answer, the sign stage demands the same one again.</summary>
public interface IBinaryJudge
{
    /// <exception cref="CiComplianceException">The output can't be judged, or a record that it is compared with is missing or malformed.</exception>
    BinaryJudgement Judge(StageContext context, string output, CancellationToken cancellationToken);
}

/// <param name="Hardening">Properties of its bytes alone.</param>
/// <param name="Origin">Whether it holds the verified modules and came from the recorded command.</param>
/// <param name="Statement">What is signed of it.</param>
public sealed record BinaryJudgement(IReadOnlyList<HardeningProperty> Hardening, IReadOnlyList<HardeningProperty> Origin, Statement Statement)
{
    public IEnumerable<HardeningProperty> Properties => Hardening.Concat(Origin);
}

/// <inheritdoc/>
public sealed class BinaryJudge(IDigestCalculator digests) : IBinaryJudge
{
    private const int MaxRecordBytes = 256 << 20;

    public BinaryJudgement Judge(StageContext context, string output, CancellationToken cancellationToken)
    {
        var evidence = context.Evidence;
        var source = evidence.Read(EvidencePaths.Source, MaxRecordBytes, bytes => SourceRecord.Parse(bytes));
        var dependencies = evidence.Read(EvidencePaths.Modules, MaxRecordBytes, bytes => DependencyRecord.Parse(bytes));
        var provenance = evidence.Read(EvidencePaths.Unsigned(output, "provenance"), MaxRecordBytes, RecordedBuild.Parse);
        var path = evidence.PathOf(EvidencePaths.Output(output));
        var subject = new Subject(output, Digest(path, cancellationToken));
        var report = HardeningVerifier.Verify(path, context.Policy.Binary);
        var origin = OriginRules.Judge(report, dependencies, source.ModuleDirectory, provenance, subject);
        return new BinaryJudgement(report.Properties, origin, Statement(subject, context.Run.Identity, report, [.. report.Properties, .. origin]));
    }

    private DigestSet Digest(string path, CancellationToken cancellationToken)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        return digests.Compute(file, cancellationToken);
    }

    private static Statement Statement(Subject subject, RunIdentity run, HardeningReport report, IReadOnlyList<HardeningProperty> properties)
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

        return new Statement(Attestations.Statement.V1, [subject], PredicateTypes.Binary, predicate);
    }
}
