using System.Net;
using System.Text;
using CiCompliance.Attestations;
using CiCompliance.Core.Tests.Signing;
using CiCompliance.Diagnostics;
using CiCompliance.Evidence;
using CiCompliance.Keys;
using CiCompliance.Pipeline;
using CiCompliance.Policy;
using CiCompliance.Testing;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Core.Tests.TransparencyLog;

/// <summary>Recording in a Rekor v2 log, named by URL or by a signing config.</summary>
public sealed class RekorV2RecordTests
{
    private SigningRun run = null!;
    private StubRekorV2 server = null!;
    private TempDirectory outside = null!;

    [SetUp]
    public async Task SetUp()
    {
        outside = new TempDirectory();
        server = new StubRekorV2(new EcdsaTestSigner());
        run = new SigningRun();
        run.Log = new LogPolicy(LogKind.External, null, server.Url, false, LogApi.V2);
        run.Trust = run.Trust with { Keys = [.. run.Trust.Keys, server.Trusted] };
        (await run.SignAsync()).Verdict.ShouldBe(Verdict.Pass);
    }

    [TearDown]
    public void TearDown()
    {
        run.Dispose();
        server.Dispose();
        outside.Dispose();
    }

    [Test]
    public async Task RunAsync_KeepsItsProofsAndTheSm2LineInTheCheckpoint()
    {
        (await run.RecordAsync()).Verdict.ShouldBe(Verdict.Pass);

        var head = run.Evidence.Read(EvidencePaths.Checkpoint, 1 << 20, bytes => Checkpoint.Parse(bytes));
        head.Size.ShouldBe(8);
        head.IsOf(server.Trusted, run.Verifier).ShouldBeTrue();
        head.Verify(StubRekorV2.Origin + "+sm2", KeyAlgorithm.Sm2, run.LogSm2.PublicKey, run.Verifier).ShouldBe(Verdict.Pass);
        run.Evidence.Exists(EvidencePaths.CosignedCheckpoint).ShouldBeFalse();
        var bundles = Bundles();
        bundles.ShouldAllBe(bundle => bundle.Entry!.Version == EntryBody.Version002 && bundle.Entry.IntegratedTime == null);
        var proofs = run.Evidence.Exists(EvidencePaths.LogConsistency)
            ? File.ReadAllLines(run.Evidence.PathOf(EvidencePaths.LogConsistency)).Select(line => ConsistencyProof.Parse(Encoding.UTF8.GetBytes(line))).ToList() : [];
        foreach (var own in bundles.Select(bundle => Checkpoint.Parse(bundle.Entry!.Proof!.Checkpoint)).Where(own => own.Size < head.Size))
        {
            proofs.Single(proof => proof.OldSize == own.Size).Connects(own, head).ShouldBeTrue();
        }
    }

    [Test]
    public async Task RunAsync_WhenItRunsAgain_FindsTheEntriesThatAreThere()
    {
        await run.RecordAsync();
        var before = Bundles().Select(bundle => bundle.Entry!.Index).ToList();

        (await run.RecordAsync()).Verdict.ShouldBe(Verdict.Pass);

        Bundles().Select(bundle => bundle.Entry!.Index).ShouldBe(before);
        server.Size.ShouldBe(8);
    }

    [Test]
    public async Task Seal_KeepsTheProofFromTheKeptCheckpointToItsOwn()
    {
        await run.RecordAsync();

        (await new SealStage(run.Signers, run.Verifier, new TestDigests(), run.LogFactory, null!).RunAsync(run.Context, CancellationToken.None)).Verdict.ShouldBe(Verdict.Pass);

        var kept = run.Evidence.Read(EvidencePaths.Checkpoint, 1 << 20, bytes => Checkpoint.Parse(bytes));
        var head = Checkpoint.Parse(run.Evidence.Read(EvidencePaths.ManifestSigstore, 1 << 20, bytes => SigstoreBundle.Parse(bytes)).Entry!.Proof!.Checkpoint);
        run.Evidence.Read(EvidencePaths.SealConsistency, 1 << 20, bytes => ConsistencyProof.Parse(bytes)).Connects(kept, head).ShouldBeTrue();
    }

    [Test]
    public async Task RunAsync_WhenTheTilesDoNotShowThatTheTreeOnlyGrew_Stops()
    {
        await run.RecordAsync();
        server.Corrupt = (_, content) => [.. content.Select(value => (byte)~value)];

        (await Should.ThrowAsync<CiComplianceException>(() =>
            new SealStage(run.Signers, run.Verifier, new TestDigests(), run.LogFactory, null!).RunAsync(run.Context, CancellationToken.None))).Diagnostic.ShouldBe(LogDiagnostics.RecordedBadly);
        run.Evidence.Exists(EvidencePaths.Manifest).ShouldBeFalse();
    }

    [Test]
    public async Task RunAsync_WhenASigningConfigNamesTheLog_RecordsThere()
    {
        Configure($$$"""[{"url":"{{{server.Url}}}","majorApiVersion":2,"validFor":{"start":"2024-01-01T00:00:00Z"},"operator":"a"}]""", "ANY");

        (await run.RecordAsync()).Verdict.ShouldBe(Verdict.Pass);

        server.Size.ShouldBe(8);
    }

    [TestCase("[]", "ANY")]
    [TestCase("""[{"url":"https://a.example.test","majorApiVersion":3,"validFor":{"start":"2024-01-01T00:00:00Z"},"operator":"a"}]""", "ANY")]
    [TestCase("""[{"url":"https://a.example.test","majorApiVersion":2,"validFor":{"start":"2024-01-01T00:00:00Z","end":"2024-02-01T00:00:00Z"},"operator":"a"}]""", "ANY")]
    [TestCase("""[{"url":"http://a.example.test","majorApiVersion":2,"validFor":{"start":"2024-01-01T00:00:00Z"},"operator":"a"}]""", "ANY")]
    [TestCase("""[{"url":"https://a.example.test","majorApiVersion":2,"validFor":{"start":"2024-01-01T00:00:00Z"},"operator":"a"},{"url":"https://b.example.test","majorApiVersion":2,"validFor":{"start":"2024-01-01T00:00:00Z"},"operator":"b"}]""", "ALL")]
    [TestCase("not json", "ANY")]
    public async Task RunAsync_WhenTheSigningConfigNamesNoSingleLog_IsAUsageError(string logs, string selector)
    {
        Configure(logs, selector);

        (await RefusalAsync()).ShouldBe(LogDiagnostics.SigningConfig);
    }

    [Test]
    public async Task RunAsync_WhenTheSigningConfigLiesInTheTree_IsAUsageError()
    {
        Configure($$$"""[{"url":"{{{server.Url}}}","majorApiVersion":2,"validFor":{"start":"2024-01-01T00:00:00Z"},"operator":"a"}]""", "ANY");
        File.Copy(run.Log.SigningConfig!, run.Folder("signing-config.json"));
        run.Log = run.Log with { SigningConfig = "signing-config.json" };

        (await RefusalAsync()).ShouldBe(LogDiagnostics.SigningConfig);
        server.Requests.ShouldBeEmpty();
    }

    [Test]
    public async Task RunAsync_WhenTheSigningConfigIsMissing_IsAUsageError()
    {
        run.Log = run.Log with { Url = null, SigningConfig = outside.Combine("none.json") };

        (await RefusalAsync()).ShouldBe(LogDiagnostics.SigningConfig);
    }

    [Test]
    public async Task RunAsync_WhenTheLogsKeyIsEd25519_TakesItForV2Only()
    {
        var key = Ed25519Fixture.Random();
        run.Trust = run.Trust with { Keys = [.. run.Trust.Keys.Where(other => other.Role != KeyRole.Log), new(key.KeyId, StubRekorV2.Origin, KeyRole.Log, KeyAlgorithm.Ed25519, key.PublicKey, [])] };
        server.Fail = _ => (HttpStatusCode.BadRequest, null);

        (await RefusalAsync()).ShouldBe(RekorDiagnostics.Refused);
        run.Log = run.Log with { Api = LogApi.V1 };
        (await RefusalAsync()).ShouldBe(LogDiagnostics.NoTrustedLog);
    }

    private void Configure(string logs, string selector)
    {
        var path = outside.Write("signing-config.json",
            $$$"""{"mediaType":"{{{SigningConfig.MediaType}}}","rekorTlogUrls":{{{logs}}},"rekorTlogConfig":{"selector":"{{{selector}}}"}}""");
        run.Log = new LogPolicy(LogKind.External, null, null, false, SigningConfig: path);
    }

    private List<SigstoreBundle> Bundles() =>
        [.. run.Evidence.List().Where(name => name.EndsWith(".sigstore.json", StringComparison.Ordinal)).Select(name => SigstoreBundle.Parse(run.Evidence.Read(name, 1 << 20)))];

    private async Task<Diagnostic> RefusalAsync() => (await Should.ThrowAsync<CiComplianceException>(run.RecordAsync)).Diagnostic;
}
