using CiCompliance.Assessment;
using CiCompliance.Attestations;
using CiCompliance.Digests;
using CiCompliance.Evidence;
using CiCompliance.Evidence.Verification;
using CiCompliance.Pipeline;
using CiCompliance.Source;

namespace CiCompliance.Publishing;

/// <summary>What an evidence folder says, ready to be shown to others. Nothing here writes into the folder.</summary>
public sealed class Publication : IDisposable
{
    private readonly EvidenceSnapshot snapshot;
    private readonly HandedOver handedOver;
    private readonly Verdict? signatures;

    internal Publication(
        EvidenceSnapshot snapshot, HandedOver handedOver, EvidenceRecord evidence, AssessmentInput input, LogReference? log, DigestSet? seal, Verdict? signatures)
    {
        this.snapshot = snapshot;
        this.handedOver = handedOver;
        this.signatures = signatures;
        Input = input;
        Host = evidence.Host;
        Source = Files.ContainsKey(EvidencePaths.Source) ? Read(EvidencePaths.Source, 1 << 20, bytes => SourceRecord.Parse(bytes)) : null;
        Log = log;
        Seal = seal;
        Record = AssessmentBuilder.Build(input);
        var results = evidence.Stages.Select(row => row.ToResult()).ToList();
        // A folder without a seal is anybody's word: it may say no, and never yes.
        Verdict = results.Select(result => result.Verdict).Concat(evidence.Stages.Select(row => row.Verdict))
            .Append(Record.Verdict).Append(seal is null ? Verdict.Undecided : Verdict.NotApplicable).Worst();
        var exitCode = PipelineRunner.ExitCodeOf(results);
        ExitCode = Verdict == Verdict.Pass || exitCode != Pipeline.ExitCode.Compliant ? exitCode : Pipeline.ExitCode.From(Verdict);
    }

    public RunIdentity Run => Record.Run;

    public HostRecord Host { get; }

    /// <summary>Of the whole run.</summary>
    public Verdict Verdict { get; }

    /// <summary>What <c>cicompliance run</c> would have answered.</summary>
    public int ExitCode { get; }

    /// <summary>The one thing that a deployment may ask: the folder that was handed over, passed, sealed, and no demonstration.</summary>
    public bool IsDeployable => Doubt is null;

    /// <summary>Why it is not deployable, in a few words; null where it is.</summary>
    public LocalizedText? Doubt =>
        Seal is null ? new("not sealed", "未封存")
        : Verdict != Verdict.Pass ? new("not passed", "未通过")
        : Run.Mode != RunMode.Production ? new("demonstration", "演示运行")
        : handedOver.Digest is null ? new("no expected digest", "未给出预期摘要")
        : signatures is not (null or Verdict.Pass) ? new("signatures not verified", "签名未通过验证")
        : null;

    /// <summary>Digests of <c>seal/manifest.json</c>, which covers every other file; null where the run never came to its seal.</summary>
    public DigestSet? Seal { get; }

    public LogReference? Log { get; }

    public IReadOnlyList<DigestedFile> Outputs => Input.Outputs;

    /// <summary>Names this evidence on the host: the same when the same folder is published again with the same outcome.</summary>
    public string ExternalId => Seal is { } seal
        ? (IsDeployable ? "" : "held-") + seal.Sha256
        : "unsealed-" + snapshot.Find(EvidencePaths.Evidence)!.Digests.Sha256;

    internal AssessmentInput Input { get; }

    /// <summary>What was judged; null where the run was stopped before it knew.</summary>
    internal SourceRecord? Source { get; }

    internal AssessmentRecord Record { get; }

    internal IReadOnlyDictionary<string, EvidenceFile> Files => snapshot.Files;

    /// <summary>What stops the build first, notices last.</summary>
    internal IReadOnlyList<Finding> Findings => [.. ReportVerdict.Ordered(Input).Select(pair => pair.Finding)];

    /// <exception cref="CiComplianceException">
    /// Another folder than was handed over (CIC2290, CIC5418), not a folder of evidence, or not as it was sealed (CIC5402).
    /// </exception>
    public static Publication Open(string directory, HandedOver handedOver, IDigestCalculator digests, CancellationToken cancellationToken) =>
        PublicationReader.Read(directory, handedOver, digests, cancellationToken);

    public void Dispose() => snapshot.Dispose();

    internal T Read<T>(string name, int maxBytes, Func<byte[], T> parse) => PublicationReader.Parse(snapshot, name, maxBytes, parse);
}
