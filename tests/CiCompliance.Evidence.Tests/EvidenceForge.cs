using CiCompliance.Attestations;
using CiCompliance.BinaryHardening;
using CiCompliance.Cryptography;
using CiCompliance.Git;
using CiCompliance.Go;
using CiCompliance.Pipeline;
using CiCompliance.Policy;
using CiCompliance.Processes;
using CiCompliance.Provenance;
using CiCompliance.Sbom;
using CiCompliance.Signing;
using CiCompliance.Source;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Evidence.Tests;

/// <summary>One real run of every stage in process, and all its keys: what an attacker who owns the runner would have.</summary>
internal sealed class EvidenceForge : IDisposable, IPipelineObserver, IProgress<LocalizedText>
{
    public const string Repository = "example.test/app";
    private static readonly Lazy<EvidenceForge> Only = new(() => new EvidenceForge(null));

    private readonly TempDirectory temp = new();
    private readonly FixtureModuleProxy proxy = new(new FixtureSumdb("sum.example.test", Ed25519Fixture.Random()));
    private readonly SignerFactory signers = new();
    private readonly ProcessRunner processes = new();
    private readonly Dictionary<string, string> ambient;
    private RunOptions options = null!;

    /// <param name="log">The policy's log section, as it stands under <c>log:</c>, LOG for the folder of the forge's own; null: the forge's own persistent log.</param>
    /// <param name="logKey">The key of that log.</param>
    /// <param name="more">Further trusted keys: of witnesses and time-stamping authorities.</param>
    /// <param name="mayFail">Whether the run may end otherwise than well; <see cref="Results"/> says how.</param>
    public EvidenceForge(string? log = null, TrustedKey? logKey = null, bool mayFail = false, params IReadOnlyList<TrustedKey> more)
    {
        var go = Peers.Require("go1.23");
        ambient = new Dictionary<string, string>
        {
            ["PATH"] = Environment.GetEnvironmentVariable("PATH") ?? "",
            ["HOME"] = Directory.CreateDirectory(temp.Combine("home")).FullName,
            ["GOCACHE"] = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "cicompliance-test-gocache-1.23")).FullName,
        };
        Keys = new ForgeKeys(Directory.CreateDirectory(temp.Combine("keys")).FullName);
        Source = new ForgeRepository(AddModules(), Keys.Committer.Signer);
        var sumdb = KeyringImporter.Import("sumdb", System.Text.Encoding.ASCII.GetBytes(proxy.Sumdb.VerifierKey + "\n"), KeyRole.Sumdb, []).Keys.Single();
        Trust = Keys.Trust(sumdb);
        if (logKey is not null)
        {
            Trust = Trust with { Keys = [.. Trust.Keys.Where(key => key.Role is not (KeyRole.Log or KeyRole.Witness)), logKey, Keys.LogSm2.Trusted with { Name = logKey.Name + "+sm2" }] };
        }

        Trust = Trust with { Keys = [.. Trust.Keys, .. more] };
        TrustFile = temp.Write("trust.json", "kept by the auditor");
        LogStore.Create(LogFolder, ForgeKeys.LogName, Keys.Log.Signer, [], Signatures, TimeProvider.System).Dispose();
        LogStore.Create(OtherLogFolder, ForgeKeys.LogName, Keys.OtherLog.Signer, [], Signatures, TimeProvider.System).Dispose();
        Run(go, (log ?? "{ kind: persistent, path: LOG }").Replace("LOG", LogFolder, StringComparison.Ordinal), mayFail);
        Commit = Source.Commits[^1];
    }

    public static EvidenceForge Shared => Only.Value;

    public ForgeKeys Keys { get; }

    public ForgeRepository Source { get; }

    public TrustStore Trust { get; }

    public string TrustFile { get; }

    public string Commit { get; }

    public string Evidence => temp.Combine("evidence");

    public string LogFolder => temp.Combine("log");

    public string OtherLogFolder => temp.Combine("other-log");

    public DigestCalculator Digests { get; } = new();

    public SignatureVerifier Signatures { get; } = new();

    public ObjectSignatureVerifier Objects { get; } = new(TimeProvider.System);

    public CompliancePolicy Policy { get; private set; } = null!;

    public IReadOnlyList<StageResult> Results { get; private set; } = null!;

    public static void Remove()
    {
        if (Only.IsValueCreated)
        {
            Only.Value.Dispose();
        }
    }

    /// <summary>What <c>record --resume</c> does.</summary>
    public IReadOnlyList<StageResult> Resume()
    {
        using var folder = EvidenceFolder.Open(Evidence);
        var evidence = folder.Read(EvidencePaths.Evidence, EvidenceRecord.MaxBytes, bytes => EvidenceRecord.Parse(bytes));
        var record = RunRecord.Continue(folder, evidence.Run);
        var context = Context(folder, record, Policy);
        return new PipelineRunner(Stages(), this).RunAsync(["record", "assess", "seal"], context with { Options = context.Options with { Resume = true } }, record, CancellationToken.None).Result;
    }

    public VerificationReport Verify(Expectation? expected = null) =>
        new EvidenceVerifier(new VerificationServices(Signatures, Objects, Digests, new TimestampTokens()), TimeProvider.System)
            .Verify(Evidence, Trust, TrustFile, expected ?? new Expectation(Repository, Commit, null), CancellationToken.None);

    /// <summary>Writes assessment, report and summary again, as the run's own stage would of what now lies there.</summary>
    public void Assess(string root)
    {
        using var folder = EvidenceFolder.Open(root);
        var evidence = folder.Read(EvidencePaths.Evidence, EvidenceRecord.MaxBytes, bytes => EvidenceRecord.Parse(bytes));
        var policy = CompliancePolicy.Parse(folder.Read(EvidencePaths.PolicyApplied, 1 << 20));
        _ = new AssessStage(Digests).RunAsync(Context(folder, RunRecord.Continue(folder, evidence.Run), policy), CancellationToken.None).Result;
    }

    public LoggedEntry Append(string logFolder, ProposedEntry entry)
    {
        var key = logFolder == OtherLogFolder ? Keys.OtherLog : Keys.Log;
        using var log = LogStore.Open(logFolder, key.Signer, Signatures, TimeProvider.System);
        return log.AppendAsync([entry], CancellationToken.None).Result[0];
    }

    public void Started(string stage)
    {
    }

    public void Ended(StageResult result, TimeSpan duration) =>
        TestContext.Progress.WriteLine($"{result.Stage}: {result.Verdict} in {duration.TotalSeconds:f1} s");

    public void Report(LocalizedText value)
    {
    }

    public void Dispose()
    {
        Keys.Dispose();
        Source.Dispose();
        proxy.Dispose();
        temp.Dispose();
    }

    private string AddModules() =>
        proxy.Add("example.test/alpha", "v1.0.0", Module("alpha")) + proxy.Add("example.test/beta", "v1.2.0", Module("beta"));

    private static Dictionary<string, string> Module(string name) => new()
    {
        ["go.mod"] = $"module example.test/{name}\n\ngo 1.21\n",
        ["name.go"] = $"package {name}\n\n//go:noinline\nfunc Name() string {{ return \"{name}\" }}\n",
    };

    private void Run(string go, string log, bool mayFail)
    {
        var yaml = System.Text.Encoding.UTF8.GetBytes($"""
            version: 1
            repository: {Repository}
            go:
              provider: custom
              proxy: {proxy.Url}
              sumdb: {proxy.Sumdb.VerifierKey}
            build:
              packages: [./cmd/app]
              targets: [linux/amd64]
              cgo: false
              cache: shared
            log: {log}

            """);
        Policy = PolicyReader.Read(yaml, "compliance.yml");
        options = new RunOptions(Source.Path, null, Source.Commits[^1], go, null, RunMode.Production, Keys.Sm2.Reference, Keys.P256.Reference, Keys.Log.Reference, Keys.LogSm2.Reference);
        var identity = new RunIdentity(Guid.NewGuid().ToString("D"), Repository, Source.Commits[^1], Source.Tree, Digests.Compute(Policy.ToJson()), RunMode.Production, ToolVersion.Current);
        using var folder = EvidenceFolder.Open(Evidence);
        var record = RunRecord.Start(folder, identity, new HostRecord("none", null, null, null, null, null, "linux", "x64", new string('0', 64)), yaml, Policy.ToJson(), DateTimeOffset.UtcNow);
        Results = new PipelineRunner(Stages(), this).RunAsync(StageCatalog.Names, Context(folder, record, Policy), record, CancellationToken.None).Result;
        foreach (var result in mayFail ? [] : Results)
        {
            result.Verdict.ShouldBeOneOf([Verdict.Pass, Verdict.NotApplicable],
                $"{result.Stage}: {string.Join("; ", result.Checks.Where(check => check.Verdict is Verdict.Fail or Verdict.Undecided).Select(check => check.Id + " " + check.Detail.En))}"
                + string.Join("; ", result.Findings.Select(finding => $"{finding.Diagnostic.Code} {finding.Origin} {finding.What.En}")));
        }
    }

    private Dictionary<string, IStage> Stages()
    {
        var logs = new TransparencyLogFactory(signers, Signatures, inCi: false);
        IStage[] stages =
        [
            new EnvironmentStage(processes, Digests, ambient),
            new SourceStage(Source.Factory, Objects),
            new DependenciesStage(processes, Digests, Signatures, ambient, File.ReadAllBytes),
            new BuildStage(new SourceCheckout(Source.Factory), new PinnedGoEnvironment(processes, ambient), Digests, processes),
            new BinaryStage(new BinaryJudge(Digests)),
            new SbomStage(Digests),
            new SignStage(signers, Signatures, Objects, new BinaryJudge(Digests), Digests),
            new RecordStage(logs, signers, Signatures, Digests, new TimestampTokens()),
            new AssessStage(Digests),
            new SealStage(signers, Signatures, Digests, logs, new TimestampTokens()),
        ];
        return stages.ToDictionary(stage => stage.Name);
    }

    private StageContext Context(EvidenceFolder folder, RunRecord record, CompliancePolicy policy) =>
        new(options, policy, Trust, folder, record, Directory.CreateDirectory(temp.Combine("work")).FullName, TimeProvider.System, this);
}
