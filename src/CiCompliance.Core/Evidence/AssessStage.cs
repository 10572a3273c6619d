using CiCompliance.Assessment;
using CiCompliance.Digests;
using CiCompliance.Pipeline;

namespace CiCompliance.Evidence;

/// <summary>Writes the assessment, the report and the summary of whatever the run has come to. It reports; it does not gate.</summary>
public sealed class AssessStage(IDigestCalculator digests) : IStage
{
    public string Name => "assess";

    public Task<StageResult> RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        var folder = context.Evidence;
        var evidence = folder.Read(EvidencePaths.Evidence, EvidenceRecord.MaxBytes, bytes => EvidenceRecord.Parse(bytes));
        var files = folder.List().Select(name =>
        {
            using var stream = folder.OpenRead(name);
            return new DigestedFile(name, stream.Length, digests.Compute(stream, cancellationToken));
        });
        var input = AssessmentInputs.From(evidence, context.Policy, context.Policy.Log.Kind, files);
        foreach (var (name, content) in AssessmentInputs.Render(input, context.Options.Language))
        {
            folder.Write(name, content);
        }

        var record = AssessmentBuilder.Build(input);
        return Task.FromResult(new StageResult(Name,
            [new Check("assess.report", Verdict.Pass, new("report and assessment written", "已写入报告与评估"))],
            AssessmentFindings.Of(input, record, context.Options.IsUnsigned)));
    }
}
