using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CiCompliance.Attestations;
using CiCompliance.BinaryHardening;
using CiCompliance.Diagnostics;
using CiCompliance.Digests;
using CiCompliance.Evidence;
using CiCompliance.Go;
using CiCompliance.Keys;
using CiCompliance.Pipeline;
using CiCompliance.Policy;
using CiCompliance.Signing;
using CiCompliance.Source;
using CiCompliance.Testing;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Core.Tests.Signing;

/// <summary>An evidence folder as the stages before <c>sign</c> leave it, with two outputs.</summary>
internal sealed class SigningRun : IDisposable
{
    public const string Repository = "github.com/acme/app";

    public static readonly IReadOnlyList<string> Outputs = ["app-linux-amd64", "tool-linux-arm64"];

    private readonly TempDirectory directory = new();

    public SigningRun()
    {
        var raw = Encoding.ASCII.GetBytes(
            "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor A <a@example.test> 1700000000 +0000\ncommitter A <a@example.test> 1700000000 +0000\n"
            + "gpgsig -----BEGIN PGP SIGNATURE-----\n \n abc\n -----END PGP SIGNATURE-----\n\nsubject\n");
        Commit = GitObjectId.Compute(GitObjectType.Commit, raw, GitObjectFormat.Sha1);
        Identity = new("8b9c", Repository, Commit, "4b825dc642cb6eb9a060e54bf8d69288fbee4904", new("00", "11"), RunMode.Production, "0.1.0");
        Run = new TestRunRecord(Identity);
        foreach (var stage in StageCatalog.All.Single(stage => stage.Name == "sign").After)
        {
            Run.Verdicts[stage] = Verdict.Pass;
        }

        Signers = new TestSignerFactory(new Dictionary<string, ISigner> { ["sm2"] = Sm2, ["p256"] = P256, ["log"] = LogKey, ["log-sm2"] = LogSm2 });
        Evidence = EvidenceFolder.Open(directory.Combine("out"));
        Options = new RunOptions(directory.Path, null, Commit, null, null, RunMode.Production,
            Reference("sm2"), Reference("p256"), Reference("log"), Reference("log-sm2"));
        Log = new LogPolicy(LogKind.Ephemeral, null, null, EphemeralInCi: false);
        Trust = new TrustStore(1, [P256.ToTrustedKey(KeyRole.EvidenceP256)]);
        WriteEvidence(raw);
    }

    public string Commit { get; }

    public RunIdentity Identity { get; }

    public TestRunRecord Run { get; }

    public EvidenceFolder Evidence { get; }

    public EcdsaTestSigner Sm2 { get; } = new(KeyAlgorithm.Sm2);

    public EcdsaTestSigner P256 { get; } = new();

    public EcdsaTestSigner LogKey { get; } = new();

    public EcdsaTestSigner LogSm2 { get; } = new(KeyAlgorithm.Sm2);

    public EcdsaTestVerifier Verifier { get; } = new();

    public TestObjectVerifier Objects { get; } = new();

    public TestSignerFactory Signers { get; }

    public RunOptions Options { get; set; }

    public LogPolicy Log { get; set; }

    public SourcePolicy Source { get; set; } = SourcePolicy.Default;

    public TrustStore Trust { get; set; }

    public bool InCi { get; set; }

    public string Folder(string name) => directory.Combine(name);

    public StageContext Context => new(
        Options,
        new CompliancePolicy(1, Repository, Source, new GoPolicy("goproxy.cn", null, null, false), new DependencyPolicy(VendorPolicy.Verified),
            new BuildPolicy(["./..."], ["linux/amd64"], false, BuildCachePolicy.Fresh), new BinaryPolicy(StaticPolicy.Refused, []), Log, []),
        Trust,
        Evidence,
        Run,
        directory.Combine("out.work"),
        TimeProvider.System,
        new Progress<LocalizedText>());

    public RecordedJudge Judge { get; } = new();

    public Task<StageResult> SignAsync() =>
        new SignStage(Signers, Verifier, Objects, Judge, new TestDigests()).RunAsync(Context, CancellationToken.None);

    public Task<StageResult> RecordAsync() =>
        new RecordStage(LogFactory, Signers, Verifier, new TestDigests(), null!).RunAsync(Context, CancellationToken.None);

    public TransparencyLogFactory LogFactory => new(Signers, Verifier, InCi);

    public void WriteStatement(string output, string predicate, RunIdentity identity, byte[]? content = null)
    {
        var run = JsonSerializer.SerializeToNode(identity, StatementContext.Default.RunIdentity)!;
        var subject = new Subject(output, new TestDigests().Compute(content ?? Evidence.Read(EvidencePaths.Output(output), 1 << 20)));
        var statement = predicate == "provenance"
            ? new Statement(Statement.V1, [subject], PredicateTypes.Provenance,
                new JsonObject { ["buildDefinition"] = new JsonObject { ["internalParameters"] = new JsonObject { ["run"] = run } } })
            : new Statement(Statement.V1, [subject], PredicateTypes.Binary, new JsonObject { ["run"] = run });
        Evidence.Write(EvidencePaths.Unsigned(output, predicate), statement.ToJson());
    }

    public void WriteCommits(Verdict verdict, byte[] raw, string? oid = null) =>
        Evidence.WriteLines(EvidencePaths.Commits,
            [new SignedObjectRow(oid ?? Commit, "commit", raw, SignatureFormat.OpenPgp, ["key"], verdict, verdict == Verdict.Pass ? null : "CIC1003").ToJson()]);

    public byte[] RawCommit => SignedObjectRow.Parse(File.ReadAllBytes(Evidence.PathOf(EvidencePaths.Commits)).AsSpan().TrimEnd("\n"u8)).Raw;

    public void Dispose()
    {
        Evidence.Dispose();
        directory.Dispose();
    }

    private static KeyReference Reference(string name) => new(name, null, null);

    private void WriteEvidence(byte[] raw)
    {
        Evidence.Write(EvidencePaths.Source, new SourceRecord(Repository, "sha1", Commit, Identity.Tree, null, null, null, "", 1, "cat-file").ToJson());
        WriteCommits(Verdict.Pass, raw);
        Evidence.Write(EvidencePaths.Tree, "tree"u8);
        Evidence.Write(EvidencePaths.GoMod, "module app\n"u8);
        Evidence.Write(EvidencePaths.Modules,
            new DependencyRecord("app", "https://goproxy.cn", null, 0, CacheOrigin.Empty, VendorMode.None, []).ToJson());
        foreach (var output in Outputs)
        {
            Evidence.Write(EvidencePaths.Output(output), Encoding.ASCII.GetBytes("binary " + output));
            WriteStatement(output, "provenance", Identity);
            WriteStatement(output, "binary", Identity);
        }
    }
}

/// <summary>Judges an output as its statement says, or otherwise where a test wants that.</summary>
internal sealed class RecordedJudge : IBinaryJudge
{
    public Verdict Verdict { get; set; } = Verdict.Pass;

    public string? Format { get; set; }

    public BinaryJudgement Judge(StageContext context, string output, CancellationToken cancellationToken)
    {
        var statement = context.Evidence.Read(EvidencePaths.Unsigned(output, "binary"), 1 << 20, bytes => Statement.Parse(bytes));
        if (Format is not null)
        {
            statement.Predicate["format"] = Format;
        }

        return new BinaryJudgement([new HardeningProperty("relro", Verdict, new("full", "完整"))], [], statement);
    }
}
