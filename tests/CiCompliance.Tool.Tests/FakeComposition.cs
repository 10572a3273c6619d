using System.Security.Cryptography;
using CiCompliance.Cryptography;
using CiCompliance.Diagnostics;
using CiCompliance.Digests;
using CiCompliance.Evidence.Verification;
using CiCompliance.GoProxy.Configuration;
using CiCompliance.Keys;
using CiCompliance.Pipeline;
using CiCompliance.Policy;
using CiCompliance.Publishing;
using CiCompliance.Server.Hosting;
using CiCompliance.Sigstore;
using CiCompliance.Source;
using CiCompliance.Tool.GitSigning;
using CiCompliance.Tool.Inputs;
using CiCompliance.Tool.ModuleSigning;
using CiCompliance.Tool.Wiring;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Tool.Tests;

/// <summary>Parts that do what a test says; a part that a test didn't give fails.</summary>
internal sealed class FakeComposition : IComposition
{
    public static readonly CompliancePolicy Policy = new(1, "github.com/acme/app", SourcePolicy.Default, new("goproxy.cn", null, null, false), new(VendorPolicy.Verified),
        new(["./..."], ["linux/amd64"], false, BuildCachePolicy.Fresh), new(StaticPolicy.Refused, []), new(LogKind.Ephemeral, null, null, true), []);

    public FakeRevisions Repository { get; } = new();

    public Dictionary<string, Func<StageContext, CancellationToken, Task<StageResult>>> Stages { get; } = [];

    public Func<string, IReadOnlyList<TrustedKey>>? Keyring { get; set; }

    public Expectation? Expected { get; private set; }

    public VerificationReport? EvidenceResult { get; set; }

    public IDigestCalculator Digests { get; set; } = new Sha256Only();

    public ILogFolders Logs { get; } = new FakeLogs();

    public ServerOptions? Served { get; private set; }

    public Task ServeLogAsync(ServerOptions options, KeyReference key, Action<string> started, CancellationToken cancellationToken)
    {
        Served = options;
        started("http://127.0.0.1:3000");
        return Task.CompletedTask;
    }

    public GoProxyFolders GoProxies { get; } = new(new SignerFactory(), new SignatureVerifier(), new Sha256Only(), TextWriter.Null, TimeProvider.System);

    public ServedGoProxy? GoProxy { get; private set; }

    public Task ServeGoProxyAsync(
        ServerOptions listen, GoProxyConfiguration configuration, TrustStore? trust, KeyReference key, KeyReference? sm2, Action<string> started, CancellationToken cancellationToken)
    {
        GoProxy = new(listen, configuration, trust, key, sm2);
        started("http://127.0.0.1:8081");
        return Task.CompletedTask;
    }

    public GitSigningParts GitSigning => throw new NotSupportedException("git starts the tool as a process of its own");

    public ModuleSigningParts ModuleSigning => throw new NotSupportedException("modules are signed by the real parts");

    public IRevisions Revisions(string projectDirectory, CancellationToken cancellationToken) => Repository;

    public CompliancePolicy ParsePolicy(byte[] yaml, string origin) => Policy;

    public string PolicyTemplate(string repository, IReadOnlyList<string> packages) => $"repository: {repository}\npackages: [{string.Join(", ", packages)}]\n";

    public IReadOnlyList<ObjectExplanation> Explanations { get; set; } = [];

    public IReadOnlyList<ObjectExplanation> Explain(string projectDirectory, string revision, Judgement judgement, string? branch, CancellationToken cancellationToken) => Explanations;

    public IStage Stage(string name) => new FakeStage(name, Stages.GetValueOrDefault(name) ?? ((_, _) => Task.FromResult(Passed(name))));

    public IReadOnlyDictionary<string, string> PinnedEnvironment(CompliancePolicy policy) =>
        new Dictionary<string, string> { ["GOSUMDB"] = "sum.golang.org https://goproxy.cn/sumdb/sum.golang.org", ["GOFLAGS"] = "" };

    public (IReadOnlyList<TrustedKey> Keys, IReadOnlyList<Finding> Findings) ImportKeys(byte[] content, string name, KeyRole role) => (Keyring!(name), []);

    public (IReadOnlyList<(string Name, string File)> Options, IReadOnlyList<TrustedKey> Trusted) DemonstrationKeys(string folder) => ([], []);

    public VerificationReport VerifyEvidence(string directory, TrustStore trust, string trustFile, Expectation expected, CancellationToken cancellationToken)
    {
        Expected = expected;
        return EvidenceResult ?? new EvidenceVerifier(new VerificationServices(null!, null!, Digests, null!), TimeProvider.System)
            .Verify(directory, trust, trustFile, expected, cancellationToken);
    }

    public SigstoreAnswer VerifyBundle(TrustedRoot root, byte[] bundle, SigstoreExpectation expected, string origin) =>
        throw new NotSupportedException("bundles are verified by the real parts");

    public IReadOnlyDictionary<string, string>? Identity { get; set; }

    public IGitHub GitHub(string apiUrl, string repository, string token, IProgress<LocalizedText> progress, CancellationToken cancellationToken) =>
        throw new NotSupportedException("no test of this project's own process speaks to a server");

    public Task<IReadOnlyDictionary<string, string>?> JobIdentityAsync(CancellationToken cancellationToken) => Task.FromResult(Identity);

    public static StageResult Passed(string stage) => new(stage, [new Check($"{stage}.ok", Verdict.Pass, new("fine", "正常"))], []);

    private sealed class FakeStage(string name, Func<StageContext, CancellationToken, Task<StageResult>> run) : IStage
    {
        public string Name => name;

        public Task<StageResult> RunAsync(StageContext context, CancellationToken cancellationToken) => run(context, cancellationToken);
    }

    public Task ServeWitnessAsync(
        ServerOptions options, string name, KeyReference key, KeyAlgorithm algorithm, TrustStore trust, Action<string> started, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    private sealed class FakeLogs : ILogFolders
    {
        public string Create(string path, string origin, KeyReference key) => $"{origin}\n0\n{key.Key}\n";

        public string Checkpoint(string path) => "checkpoint\n";

        public string ProveInclusion(string path, long index) => $"inclusion of {index}";

        public string ProveConsistency(string path, long from, long? to) => $"consistency of {from} and {to}";

        public Task<LogObservation> ObserveAsync(string target, LogApi api, TrustedKey key, byte[]? seen, Action<Checkpoint> unproven, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }

    private sealed class Sha256Only : IDigestCalculator
    {
        public DigestSet Compute(ReadOnlySpan<byte> content) => new(Convert.ToHexStringLower(SHA256.HashData(content)), new string('0', 64));

        public DigestSet Compute(Stream content, CancellationToken cancellationToken) => new(Convert.ToHexStringLower(SHA256.HashData(content)), new string('0', 64));
    }
}

/// <summary>What a module proxy was given.</summary>
internal sealed record ServedGoProxy(ServerOptions Listen, GoProxyConfiguration Configuration, TrustStore? Trust, KeyReference Key, KeyReference? Sm2);

/// <summary>Revisions <c>HEAD</c> and <c>main</c>, and the files of their trees by <c>tree:path</c>.</summary>
internal sealed class FakeRevisions : IRevisions
{
    public static readonly Revision Head = new(new string('a', 40), new string('b', 40));
    public static readonly Revision Main = new(new string('c', 40), new string('d', 40));

    public Dictionary<string, byte[]> Files { get; } = [];

    public string Prefix { get; set; } = "";

    public Revision Resolve(string revision) => revision switch
    {
        "HEAD" => Head,
        "main" => Main,
        _ => throw new CiComplianceException(new Diagnostic("CIC9999", DiagnosticKind.Usage, "unknown"), revision, new("unknown", "未知"), new("-", "-")),
    };

    public Revision? Find(string revision) => revision is "HEAD" or "main" ? Resolve(revision) : null;

    public string? CommonAncestor(string one, string other) => null;

    public IReadOnlyList<string> Parents(string commit) => [];

    public byte[]? ReadFile(string tree, string path, int maxBytes) => Files.GetValueOrDefault($"{tree}:{path}");

    public void Dispose()
    {
    }
}
