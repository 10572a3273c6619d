namespace CiCompliance.Evidence;

/// <summary>Names inside the evidence folder; forward slashes on every system. The format is docs/evidence-format.md.</summary>
public static class EvidencePaths
{
    public const string Evidence = "evidence.json";
    public const string PolicyApplied = "policy/policy.json";
    public const string PolicySource = "policy/compliance.yml";
    public const string Environment = "environment/environment.json";
    public const string Source = "source/source.json";
    public const string Commits = "source/commits.jsonl";
    public const string Tags = "source/tags.jsonl";
    public const string Ancestry = "source/ancestry.jsonl";
    public const string Trees = "source/trees.jsonl";
    public const string Tree = "source/tree.ls";
    public const string GoMod = "source/go.mod";
    public const string GoSum = "source/go.sum";
    public const string Modules = "dependencies/modules.json";
    public const string SumdbRecords = "dependencies/records.jsonl";
    public const string SumdbTreeHead = "dependencies/treehead.txt";
    public const string Outputs = "bin";
    public const string Attestations = "attestations";
    public const string Sbom = "sbom";
    public const string Checkpoint = "log/checkpoint";
    public const string CosignedCheckpoint = "log/checkpoint.cosigned";

    /// <summary>Proofs from the attestations' checkpoints to the one that is kept; only where they differ from it.</summary>
    public const string LogConsistency = "log/consistency.jsonl";

    /// <summary>The SM2 signature over evidence that waits for its log; gone once it is recorded.</summary>
    public const string Pending = "log/pending.sm2.dsse.json";
    public const string Assessment = "assessment/assessment.json";
    public const string Report = "report.html";
    public const string Summary = "summary.md";
    public const string Manifest = "seal/manifest.json";
    public const string ManifestSm2 = "seal/manifest.sm2.dsse.json";
    public const string ManifestSigstore = "seal/manifest.sigstore.json";

    /// <summary>The proof from the kept checkpoint to the one that holds the seal's entry.</summary>
    public const string SealConsistency = "seal/consistency.json";

    public static string Output(string name) => $"{Outputs}/{name}";

    public static string SbomOf(string name) => $"{Sbom}/{name}.cdx.json";

    /// <param name="predicate"><c>provenance</c>, <c>source</c>, <c>dependencies</c> or <c>binary</c>.</param>
    public static string Unsigned(string name, string predicate) => $"{Attestations}/{name}.{predicate}.statement.json";

    public static string Sm2Envelope(string name, string predicate) => $"{Attestations}/{name}.{predicate}.sm2.dsse.json";

    public static string SigstoreBundle(string name, string predicate) => $"{Attestations}/{name}.{predicate}.sigstore.json";
}
