using System.Collections;
using CiCompliance.BinaryHardening;
using CiCompliance.Cryptography;
using CiCompliance.Cryptography.Keys;
using CiCompliance.Digests;
using CiCompliance.Evidence;
using CiCompliance.Evidence.Verification;
using CiCompliance.Git;
using CiCompliance.GitHub;
using CiCompliance.Go;
using CiCompliance.GoProxy.Configuration;
using CiCompliance.GoProxy.Publishers;
using CiCompliance.Keys;
using CiCompliance.Pipeline;
using CiCompliance.Policy;
using CiCompliance.Processes;
using CiCompliance.Provenance;
using CiCompliance.Publishing;
using CiCompliance.Sbom;
using CiCompliance.Server.GoProxy;
using CiCompliance.Server.Hosting;
using CiCompliance.Server.Log;
using CiCompliance.Server.Witnessing;
using CiCompliance.Signing;
using CiCompliance.Sigstore;
using CiCompliance.Source;
using CiCompliance.Tool.GitSigning;
using CiCompliance.Tool.Hosting;
using CiCompliance.Tool.Inputs;
using CiCompliance.Tool.ModuleSigning;
using CiCompliance.Tool.Wiring;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Tool;

/// <summary>The one place that names implementations. Everything is made when it is asked for, so that a verb loads only what it needs.</summary>
internal sealed class Composition(ToolHost host) : IComposition
{
    private readonly Lazy<DigestCalculator> digests = new(() => new DigestCalculator());
    private readonly Lazy<SignatureVerifier> signatures = new(() => new SignatureVerifier());
    private readonly Lazy<SignerFactory> signers = new(() => new SignerFactory());
    private readonly Lazy<ObjectSignatureVerifier> objects = new(() => new ObjectSignatureVerifier(host.Clock));
    private readonly Lazy<GitRepositoryFactory> repositories = new(() => new GitRepositoryFactory());
    private readonly Lazy<IReadOnlyDictionary<string, string>> ambient = new(ReadEnvironment);
    private readonly ProcessRunner processes = new();

    public IDigestCalculator Digests => digests.Value;

    public ILogFolders Logs => new EmbeddedLogFolders(signers.Value, signatures.Value, host.Clock);

    public async Task ServeLogAsync(ServerOptions options, KeyReference key, Action<string> started, CancellationToken cancellationToken)
    {
        using var signer = signers.Value.Open(key, KeyAlgorithm.EcdsaP256);
        await using var server = await LogServer.StartAsync(options, signer, signatures.Value, host.Messages, host.Clock, cancellationToken);
        started(server.Address);
        await UntilAsync(cancellationToken);
    }

    public async Task ServeWitnessAsync(
        ServerOptions options, string name, KeyReference key, KeyAlgorithm algorithm, TrustStore trust, Action<string> started, CancellationToken cancellationToken)
    {
        using var signer = signers.Value.Open(key, algorithm);
        using var witness = WitnessFolder.Open(options.Path, name, signer, trust, signatures.Value, host.Clock);
        await using var server = await WitnessServer.StartAsync(options, witness, host.Messages, host.Clock, cancellationToken);
        started(server.Address);
        await UntilAsync(cancellationToken);
    }

    public GoProxyFolders GoProxies => new(signers.Value, signatures.Value, Digests, host.Messages, host.Clock);

    public async Task ServeGoProxyAsync(
        ServerOptions listen, GoProxyConfiguration configuration, TrustStore? trust, KeyReference key, KeyReference? sm2, Action<string> started, CancellationToken cancellationToken)
    {
        using var signer = signers.Value.Open(key, KeyAlgorithm.Ed25519);
        using var coSigner = sm2 is null ? null : signers.Value.Open(sm2, KeyAlgorithm.Sm2);
        using var parts = new GoProxyWiring(listen.Path, configuration, trust, signatures.Value, processes, ambient.Value, host.Clock);
        await using var server = await GoProxyServer.StartAsync(
            parts.Options, listen, signer, coSigner, parts.Signatures, signatures.Value, host.Messages, host.Clock, cancellationToken);
        started(server.Address);
        await UntilAsync(cancellationToken);
    }

    private static Task UntilAsync(CancellationToken cancellationToken) =>
        Task.Delay(Timeout.Infinite, cancellationToken).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);

    public IReadOnlyList<ObjectExplanation> Explain(string projectDirectory, string revision, Judgement judgement, string? branch, CancellationToken cancellationToken)
    {
        using var repository = repositories.Value.Open(projectDirectory, cancellationToken);
        var policy = judgement.Policy;
        var judge = new ObjectJudge(objects.Value, [.. judgement.Trust.With(KeyRole.Committer, policy.Repository)], policy.Source, branch);
        return ObjectExplanation.Of(repository, revision, judge, policy.Source);
    }

    public ModuleSigningParts ModuleSigning => new(
        Digests, SignerFactory.OpenAny, new OpenPgpSignatureVerifier(host.Clock), LogModuleAsync, processes, ambient.Value);

    private async Task<long> LogModuleAsync(
        string url, TrustedKey key, ModuleStatement statement, ModuleSignature signature, byte[] publicKey, CancellationToken cancellationToken)
    {
        using var log = new RekorLog(url, key, signatures.Value, host.Clock);
        var entry = ProposedEntry.Dsse(DsseEnvelope.InTotoPayloadType, statement.Json, signature.Signature, publicKey);
        return (await log.AppendAsync([entry], cancellationToken))[0].Index;
    }

    public GitSigningParts GitSigning => new(signers.Value, objects.Value, processes, ambient.Value);

    public IRevisions Revisions(string projectDirectory, CancellationToken cancellationToken) =>
        new GitRevisions(repositories.Value.Open(projectDirectory, cancellationToken));

    public CompliancePolicy ParsePolicy(byte[] yaml, string origin) => PolicyReader.Read(yaml, origin);

    public string PolicyTemplate(string repository, IReadOnlyList<string> packages) => CiCompliance.Policy.PolicyTemplate.Text(repository, packages);

    public IStage Stage(string name) => name switch
    {
        "environment" => new EnvironmentStage(processes, Digests, ambient.Value),
        "source" => new SourceStage(repositories.Value, objects.Value),
        "dependencies" => new DependenciesStage(processes, Digests, signatures.Value, ambient.Value, SecretContent.Read),
        "build" => new BuildStage(new SourceCheckout(repositories.Value), new PinnedGoEnvironment(processes, ambient.Value), Digests, processes),
        "binary" => new BinaryStage(new BinaryJudge(Digests)),
        "sbom" => new SbomStage(Digests),
        "sign" => new SignStage(signers.Value, signatures.Value, objects.Value, new BinaryJudge(Digests), Digests),
        "record" => new RecordStage(LogFactory, signers.Value, signatures.Value, Digests, new TimestampTokens()),
        "assess" => new AssessStage(Digests),
        "seal" => new SealStage(signers.Value, signatures.Value, Digests, LogFactory, new TimestampTokens()),
        _ => throw new CiComplianceException(ToolDiagnostics.NotAvailable, "cicompliance",
            new($"there is no stage '{name}'", $"没有名为“{name}”的阶段"), new("See cicompliance run --help", "请参阅 cicompliance run --help")),
    };

    public IReadOnlyDictionary<string, string> PinnedEnvironment(CompliancePolicy policy) => GoEnvironmentPins.ShellSettings(policy);

    public (IReadOnlyList<TrustedKey> Keys, IReadOnlyList<Finding> Findings) ImportKeys(byte[] content, string name, KeyRole role)
    {
        var import = KeyringImporter.Import(name, content, role, []);
        return (import.Keys, import.Findings);
    }

    public (IReadOnlyList<(string Name, string File)> Options, IReadOnlyList<TrustedKey> Trusted) DemonstrationKeys(string folder)
    {
        var keys = Cryptography.DemonstrationKeys.Create(folder, host.Clock.GetUtcNow());
        return ([.. keys.Options], keys.Trusted);
    }

    public VerificationReport VerifyEvidence(string directory, TrustStore trust, string trustFile, Expectation expected, CancellationToken cancellationToken) =>
        new EvidenceVerifier(new VerificationServices(signatures.Value, objects.Value, Digests, new TimestampTokens()), host.Clock)
            .Verify(directory, trust, trustFile, expected, cancellationToken);

    public SigstoreAnswer VerifyBundle(TrustedRoot root, byte[] bundle, SigstoreExpectation expected, string origin) =>
        new SigstoreVerifier(root, signatures.Value, new TimestampTokens(), host.Clock).Verify(bundle, expected, origin);

    public IGitHub GitHub(string apiUrl, string repository, string token, IProgress<LocalizedText> progress, CancellationToken cancellationToken) =>
        new OctokitGitHub(apiUrl, repository, GitHubToken.Read(token), ToolIdentity.Version, host.Clock, progress, cancellationToken);

    public async Task<IReadOnlyDictionary<string, string>?> JobIdentityAsync(CancellationToken cancellationToken) =>
        host.Environment("ACTIONS_ID_TOKEN_REQUEST_URL") is { Length: > 0 } url && host.Environment("ACTIONS_ID_TOKEN_REQUEST_TOKEN") is { Length: > 0 } request
            ? await JobIdentity.ReadAsync(url, request, cancellationToken)
            : null;

    private TransparencyLogFactory LogFactory => new(signers.Value, signatures.Value, new CiHost(host.Environment).IsCi);

    private static Dictionary<string, string> ReadEnvironment() =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(pair => (string)pair.Key, pair => (string?)pair.Value ?? "");
}
