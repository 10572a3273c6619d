using System.Text;
using CiCompliance.Attestations;
using CiCompliance.Cryptography;
using CiCompliance.Diagnostics;
using CiCompliance.Digests;
using CiCompliance.Evidence;
using CiCompliance.Pipeline;
using CiCompliance.Policy;
using CiCompliance.Source;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Testing;

/// <summary>An evidence folder as a run leaves it, without its keys: for readers that look at files, verdicts and digests only.</summary>
public sealed class SealedFolder : IDisposable
{
    public const long LogIndex = 42;

    private static readonly string[] Passing = ["environment", "dependencies", "build", "binary", "sbom", "sign", "record", "assess"];

    private readonly TempDirectory temp = new();

    /// <param name="findings">Of the source stage.</param>
    /// <param name="isSealed">False for a run that was stopped before its seal.</param>
    /// <param name="branch">The branch that was judged; as <paramref name="tag"/> in the source's record.</param>
    /// <param name="rules">More of the policy, as YAML.</param>
    public SealedFolder(IReadOnlyList<Finding>? findings = null, bool isSealed = true, RunMode mode = RunMode.Production, string repository = "github.com/acme/app",
        string? branch = null, string? tag = null, string rules = "")
    {
        var policy = PolicyReader.Read(Encoding.UTF8.GetBytes($"version: 1\nrepository: {repository}\ngo: {{ provider: goproxy.cn }}\nlog: {{ kind: persistent, path: ../log }}\n{rules}"), "compliance.yml").ToJson();
        Run = new RunIdentity("0b6f3a52-6d0e-4c41-9a55-3a4d6d2f9c10", repository, new string('a', 40), new string('b', 40), Digests.Compute(policy), mode, "0.1.0");
        Write(EvidencePaths.PolicyApplied, policy);
        Write(EvidencePaths.Source, new SourceRecord(repository, "sha1", Run.Commit, Run.Tree, null, tag, branch, "svc", 3, "libgit2").ToJson());
        Write(EvidencePaths.Tree, GitTree.ToListing([.. new[] { "README.md", "svc/go.mod", "svc/go.sum" }.Select(path => new GitTreeEntry(GitTreeEntry.File, new string('c', 40), Encoding.UTF8.GetBytes(path)))]));
        Write(EvidencePaths.Output("app-linux-amd64"), "not really a program"u8.ToArray());
        Write(EvidencePaths.Report, "<!doctype html>"u8.ToArray());
        Write(EvidencePaths.SbomOf("app-linux-amd64"), "{}"u8.ToArray());
        foreach (var predicate in new[] { "provenance", "source", "dependencies", "binary" })
        {
            Write(EvidencePaths.Sm2Envelope("app-linux-amd64", predicate), Encoding.UTF8.GetBytes($"{{\"sm2\":\"{predicate}\"}}"));
            Write(EvidencePaths.SigstoreBundle("app-linux-amd64", predicate), Encoding.UTF8.GetBytes($"{{\"p256\":\"{predicate}\"}}"));
        }

        Write(EvidencePaths.Evidence, Record(findings ?? []).ToJson());
        if (isSealed)
        {
            Seal();
        }
    }

    public static IDigestCalculator Digests { get; } = new DigestCalculator();

    public RunIdentity Run { get; }

    /// <summary>The evidence folder; its siblings are the test's.</summary>
    public string Path => temp.Combine("evidence");

    /// <summary>Of the folder as it is now: what an earlier job would have said of it.</summary>
    public string Digest => FolderDigest.Compute(Path, Digests, CancellationToken.None);

    public string Beside(string name) => temp.Combine(name);

    public void Write(string name, byte[] content)
    {
        var path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
    }

    /// <summary>Everything in the folder, by name and content.</summary>
    public IReadOnlyList<(string Name, string Sha256)> Snapshot() =>
        [.. Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(file => (file, Digests.Compute(File.ReadAllBytes(file)).Sha256))];

    public void Seal()
    {
        var files = Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories).Select(file => System.IO.Path.GetRelativePath(Path, file)).Order(StringComparer.Ordinal)
            .Select(name => (name, content: File.ReadAllBytes(System.IO.Path.Combine(Path, name))))
            .Select(file => new ManifestFile(file.name, file.content.Length, Digests.Compute(file.content).Sha256, Digests.Compute(file.content).Sm3));
        var manifest = new Manifest(Manifest.CurrentVersion, Run, new ManifestLog(LogKind.Persistent, "log.example.test/ci", new string('d', 64)), [.. files]).ToJson();
        var envelope = "{}"u8.ToArray();
        var statement = SealPredicate.ToStatement(Run, LogKind.Persistent, new(EvidencePaths.Manifest, Digests.Compute(manifest)), new(EvidencePaths.ManifestSm2, Digests.Compute(envelope))).ToJson();
        var entry = new LoggedEntry("dsse", "0.0.1", "{\"entry\":1}"u8.ToArray(), LogIndex, new byte[32], null, null, null);
        Write(EvidencePaths.ManifestSm2, envelope);
        Write(EvidencePaths.ManifestSigstore, (SigstoreBundle.ForDsse("application/vnd.in-toto+json", statement, [1], [2]) with { Entry = entry }).ToJson());
        Write(EvidencePaths.Manifest, manifest);
    }

    public void Dispose() => temp.Dispose();

    private EvidenceRecord Record(IReadOnlyList<Finding> findings)
    {
        var source = new StageResult("source", [new Check("source.commits", findings.Count == 0 ? Verdict.Pass : Verdict.NotApplicable, new("3 commits", "3 个提交"))], findings);
        var stages = Passing.Select(name => new StageResult(name, [new Check($"{name}.ok", Verdict.Pass, new("fine", "正常"))], [])).ToList();
        stages.Insert(1, source);
        return new EvidenceRecord(EvidenceRecord.CurrentVersion, Run, new HostRecord("github", "7", "https://github.com/acme/app/actions/runs/7/attempts/1", "li", "push", 90, "linux", "x64", new string('0', 64)),
            DateTimeOffset.UnixEpoch, [.. stages.Select(Row)]);
    }

    private static StageRow Row(StageResult result) => new(result.Stage, result.Verdict, DateTimeOffset.UnixEpoch, 1000,
        [.. result.Checks.Select(check => new CheckRow(check.Id, check.Verdict, check.Detail.En, check.Detail.Zh))],
        [.. result.Findings.Select(finding => new FindingRow(finding.Diagnostic.Code, finding.Diagnostic.Kind, finding.Origin, finding.What.En, finding.What.Zh, finding.Fix.En, finding.Fix.Zh))]);
}
