using System.Net;
using System.Text;
using CiCompliance.Attestations;
using CiCompliance.Core.Tests.Signing;
using CiCompliance.Diagnostics;
using CiCompliance.Evidence;
using CiCompliance.Keys;
using CiCompliance.Pipeline;
using CiCompliance.Policy;
using CiCompliance.Signing;
using CiCompliance.Sigstore;
using CiCompliance.Testing;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Core.Tests.TransparencyLog;

public sealed class RecordStageTests
{
    private SigningRun run = null!;

    [SetUp]
    public async Task SetUp()
    {
        run = new SigningRun();
        (await run.SignAsync()).Verdict.ShouldBe(Verdict.Pass);
    }

    [TearDown]
    public void TearDown() => run.Dispose();

    [Test]
    public async Task RunAsync_LogsEveryBundleUnderOneCheckpoint()
    {
        (await run.RecordAsync()).Verdict.ShouldBe(Verdict.Pass);

        var record = run.Evidence.Read(LogRecord.FileName, 1 << 20, bytes => LogRecord.Parse(bytes));
        record.Kind.ShouldBe(LogKind.Ephemeral);
        record.LogId.ShouldBe(run.LogKey.KeyId);
        var head = run.Evidence.Read(EvidencePaths.Checkpoint, 1 << 20, bytes => Checkpoint.Parse(bytes));
        head.Origin.ShouldBe(record.Origin);
        head.Size.ShouldBe(9);
        ShouldVerify(run.LogKey.ToTrustedKey(KeyRole.Log, record.Origin)).ShouldAllBe(log => log.Checkpoint.ToString() == head.ToString());
    }

    [Test]
    public async Task RunAsync_CosignsTheSameBodyWithSm2()
    {
        await run.RecordAsync();

        var head = run.Evidence.Read(EvidencePaths.Checkpoint, 1 << 20, bytes => Checkpoint.Parse(bytes));
        var cosigned = run.Evidence.Read(EvidencePaths.CosignedCheckpoint, 1 << 20, bytes => Checkpoint.Parse(bytes));
        cosigned.Body.ShouldBe(head.Body);
        cosigned.Verify(head.Name + "+sm2", KeyAlgorithm.Sm2, run.LogSm2.PublicKey, run.Verifier).ShouldBe(Verdict.Pass);
    }

    [Test]
    public async Task RunAsync_WhenItRunsAgain_GoesOnInTheSameLog()
    {
        await run.RecordAsync();
        var before = run.Evidence.Read(LogRecord.FileName, 1 << 20);

        (await run.RecordAsync()).Verdict.ShouldBe(Verdict.Pass);

        run.Evidence.Read(LogRecord.FileName, 1 << 20).ShouldBe(before);
        run.Evidence.Read(EvidencePaths.Checkpoint, 1 << 20, bytes => Checkpoint.Parse(bytes)).Size.ShouldBe(17);
        ShouldVerify(run.LogKey.ToTrustedKey(KeyRole.Log, TransparencyLogFactory.EphemeralName)).Count.ShouldBe(8);
    }

    [TestCase(true)]
    [TestCase(false, Description = "a relative path begins at the project's folder")]
    public async Task RunAsync_InAPersistentLog_AddsToIt(bool isAbsolute)
    {
        var path = run.Folder("log");
        LogStore.Create(path, "log.example.test", run.LogKey, [], run.Verifier, TimeProvider.System).Dispose();
        run.Log = new LogPolicy(LogKind.Persistent, isAbsolute ? path : "log", null, false);
        run.InCi = true;

        (await run.RecordAsync()).Verdict.ShouldBe(Verdict.Pass);

        ShouldVerify(run.LogKey.ToTrustedKey(KeyRole.Log, "log.example.test")).Count.ShouldBe(8);
        using var store = LogStore.Open(path, null, run.Verifier, TimeProvider.System);
        store.Checkpoint.Size.ShouldBe(9);
    }

    [Test]
    public async Task RunAsync_InARekorServer_KeepsItsProofs()
    {
        using var log = new TestLog();
        using var server = new StubRekor(log);
        run.Log = new LogPolicy(LogKind.External, null, server.Url, false);
        run.Trust = run.Trust with { Keys = [.. run.Trust.Keys, log.Trusted] };

        (await run.RecordAsync()).Verdict.ShouldBe(Verdict.Pass);

        var entries = ShouldVerify(log.Trusted);
        var head = run.Evidence.Read(EvidencePaths.Checkpoint, 1 << 20, bytes => Checkpoint.Parse(bytes));
        head.Size.ShouldBe(9);
        // Each entry has a checkpoint of its own: all but the last need the way to the one that is kept.
        var proofs = File.ReadAllLines(run.Evidence.PathOf(EvidencePaths.LogConsistency)).Select(line => ConsistencyProof.Parse(Encoding.UTF8.GetBytes(line))).ToList();
        proofs.Select(proof => proof.OldSize).ShouldBe([2L, 3, 4, 5, 6, 7, 8]);
        proofs.ShouldAllBe(proof => proof.Connects(entries.Single(entry => entry.Checkpoint.Size == proof.OldSize).Checkpoint, head));
    }

    [TestCase(HttpStatusCode.OK, """{"hashes":[]}""", "CIC4015")]
    [TestCase(HttpStatusCode.OK, """{"hashes":["0000000000000000000000000000000000000000000000000000000000000000"]}""", "CIC4015")]
    [TestCase(HttpStatusCode.NotFound, "", "CIC4102")]
    [TestCase(HttpStatusCode.ServiceUnavailable, "", "CIC4101")]
    public async Task RunAsync_WhenARekorServerCannotShowThatItsTreeOnlyGrew_Stops(HttpStatusCode status, string answer, string code)
    {
        using var log = new TestLog();
        using var server = new StubRekor(log) { ProofAnswer = () => (status, answer) };
        run.Log = new LogPolicy(LogKind.External, null, server.Url, false);
        run.Trust = run.Trust with { Keys = [.. run.Trust.Keys, log.Trusted] };

        (await RefusalAsync()).Code.ShouldBe(code);
        run.Evidence.Exists(EvidencePaths.LogConsistency).ShouldBeFalse();
    }

    [Test]
    public async Task Seal_KeepsTheProofFromTheKeptCheckpointToItsOwn()
    {
        await run.RecordAsync();
        run.Evidence.Exists(EvidencePaths.LogConsistency).ShouldBeFalse();

        (await SealAsync()).Verdict.ShouldBe(Verdict.Pass);

        var kept = run.Evidence.Read(EvidencePaths.Checkpoint, 1 << 20, bytes => Checkpoint.Parse(bytes));
        var head = Checkpoint.Parse(run.Evidence.Read(EvidencePaths.ManifestSigstore, 1 << 20, bytes => SigstoreBundle.Parse(bytes)).Entry!.Proof!.Checkpoint);
        head.Size.ShouldBe(10);
        run.Evidence.Read(EvidencePaths.SealConsistency, 1 << 20, bytes => ConsistencyProof.Parse(bytes)).Connects(kept, head).ShouldBeTrue();
        run.Evidence.Read(EvidencePaths.Manifest, 1 << 20, bytes => Manifest.Parse(bytes)).Files.ShouldNotContain(file => file.Path == EvidencePaths.SealConsistency);
    }

    [Test]
    public async Task Seal_WhenTheLogWasReplacedSinceRecord_DoesNotSeal()
    {
        await run.RecordAsync();
        Directory.Delete(Path.Combine(run.Context.WorkDirectory, "log-" + run.Identity.RunId), recursive: true);

        (await Should.ThrowAsync<CiComplianceException>(SealAsync)).Diagnostic.ShouldBe(LogDiagnostics.RecordedBadly);
        run.Evidence.Exists(EvidencePaths.Manifest).ShouldBeFalse();
    }

    [TestCase(HttpStatusCode.OK, """{"hashes":[]}""", "CIC4015")]
    [TestCase(HttpStatusCode.ServiceUnavailable, "", "CIC4101")]
    public async Task Seal_WhenARekorServerGivesNoProof_DoesNotSeal(HttpStatusCode status, string answer, string code)
    {
        using var log = new TestLog();
        using var server = new StubRekor(log);
        run.Log = new LogPolicy(LogKind.External, null, server.Url, false);
        run.Trust = run.Trust with { Keys = [.. run.Trust.Keys, log.Trusted] };
        await run.RecordAsync();
        server.ProofAnswer = () => (status, answer);

        (await Should.ThrowAsync<CiComplianceException>(SealAsync)).Diagnostic.Code.ShouldBe(code);
        run.Evidence.Exists(EvidencePaths.Manifest).ShouldBeFalse();
        server.ProofAnswer = null;
        (await SealAsync()).Verdict.ShouldBe(Verdict.Pass);
    }

    [TestCase(false, Verdict.Fail)]
    [TestCase(true, Verdict.Pass)]
    public async Task RunAsync_InCi_TakesAnEphemeralLogOnlyWhenThePolicyAsks(bool asked, Verdict verdict)
    {
        run.InCi = true;
        run.Log = run.Log with { EphemeralInCi = asked };

        if (verdict == Verdict.Pass)
        {
            (await run.RecordAsync()).Verdict.ShouldBe(Verdict.Pass);
        }
        else
        {
            (await RefusalAsync()).ShouldBe(LogDiagnostics.EphemeralInCi);
        }
    }

    [Test]
    public async Task RunAsync_InCiForADemonstration_TakesAnEphemeralLog()
    {
        run.InCi = true;
        run.Options = run.Options with { Mode = RunMode.Demonstration };

        (await run.RecordAsync()).Verdict.ShouldBe(Verdict.Pass);
    }

    [Test]
    public async Task RunAsync_WhenNothingIsSigned_Stops()
    {
        using var empty = new SigningRun();

        (await Should.ThrowAsync<CiComplianceException>(empty.RecordAsync)).Diagnostic.ShouldBe(LogDiagnostics.NothingToRecord);
    }

    [Test]
    public async Task RunAsync_WhenTheLogKeyIsNotGiven_IsAUsageError()
    {
        run.Options = run.Options with { LogKey = null };

        (await RefusalAsync()).ShouldBe(LogDiagnostics.NoLogKey);
    }

    [Test]
    public async Task RunAsync_WhenTheLogKeyAlsoSigns_Refuses()
    {
        run.Options = run.Options with { LogKey = run.Options.P256Key };

        (await RefusalAsync()).ShouldBe(LogDiagnostics.SigningKey);
    }

    [Test]
    public async Task RunAsync_WhenTheLogKeyAlsoSignsAndIsNotInTheTrustStore_Refuses()
    {
        run.Options = run.Options with { LogKey = run.Options.P256Key };
        run.Trust = run.Trust with { Keys = [] };

        (await RefusalAsync()).ShouldBe(LogDiagnostics.SigningKey);
    }

    [Test]
    public async Task RunAsync_WhenTheSignerIsUnknown_IsAUsageError()
    {
        run.Options = run.Options with { P256Key = null };
        run.Trust = run.Trust with { Keys = [] };

        (await RefusalAsync()).ShouldBe(LogDiagnostics.NoSigner);
    }

    [TestCase(LogKind.Persistent, null)]
    [TestCase(LogKind.External, null)]
    public async Task RunAsync_WhenThePolicyDoesNotSayWhere_IsAUsageError(LogKind kind, string? path)
    {
        run.Log = new LogPolicy(kind, path, null, false);

        (await RefusalAsync()).ShouldBe(LogDiagnostics.NotConfigured);
    }

    [Test]
    public async Task RunAsync_WhenTheExternalLogsKeyIsNotTrusted_IsAUsageError()
    {
        run.Log = new LogPolicy(LogKind.External, null, "https://rekor.example.test", false);

        (await RefusalAsync()).ShouldBe(LogDiagnostics.NoTrustedLog);
    }

    [Test]
    public async Task RunAsync_WhenABundleIsOverOtherBytesThanItsTwin_LogsNothing()
    {
        var name = EvidencePaths.SigstoreBundle(SigningRun.Outputs[0], "binary");
        run.Evidence.Write(name, run.Evidence.Read(EvidencePaths.SigstoreBundle(SigningRun.Outputs[1], "binary"), 1 << 20));

        (await RefusalAsync()).ShouldBe(LogDiagnostics.RecordedBadly);
        run.Evidence.Exists(EvidencePaths.Checkpoint).ShouldBeFalse();
    }

    [Test]
    public async Task RunAsync_WhenASignatureIsBroken_LogsNothing()
    {
        var path = run.Folder("log");
        LogStore.Create(path, "log.example.test", run.LogKey, [], run.Verifier, TimeProvider.System).Dispose();
        run.Log = new LogPolicy(LogKind.Persistent, path, null, false);
        var name = EvidencePaths.SigstoreBundle(SigningRun.Outputs[0], "binary");
        var bundle = SigstoreBundle.Parse(run.Evidence.Read(name, 1 << 20));
        var dsse = (SignedContent.Dsse)bundle.Content;
        run.Evidence.Write(name, (bundle with { Content = new SignedContent.Dsse(dsse.PayloadType, dsse.Payload, run.Sm2.Sign(dsse.Payload)) }).ToJson());

        (await RefusalAsync()).ShouldBe(LogDiagnostics.RecordedBadly);
        using var store = LogStore.Open(path, null, run.Verifier, TimeProvider.System);
        store.Checkpoint.Size.ShouldBe(1);
    }

    private List<LogAssessment> ShouldVerify(TrustedKey log)
    {
        var expected = new BundleExpectation([run.P256.ToTrustedKey(KeyRole.EvidenceP256)], [log]);
        return [.. run.Evidence.List().Where(name => name.EndsWith(".sigstore.json")).Select(name =>
        {
            var envelope = run.Evidence.Read(name.Replace(".sigstore.json", ".sm2.dsse.json"), 1 << 20, bytes => DsseEnvelope.Parse(bytes));
            var assessment = new BundleVerifier(run.Verifier).Verify(run.Evidence.Read(name, 1 << 20), expected with { Payload = envelope.Payload }, name);
            assessment.Findings.ShouldBeEmpty();
            return assessment.Log!;
        })];
    }

    private Task<StageResult> SealAsync() =>
        new SealStage(run.Signers, run.Verifier, new TestDigests(), run.LogFactory, null!).RunAsync(run.Context, CancellationToken.None);

    private async Task<Diagnostic> RefusalAsync() => (await Should.ThrowAsync<CiComplianceException>(run.RecordAsync)).Diagnostic;
}
