using CiCompliance.Attestations;
using CiCompliance.Core.Tests.Signing;
using CiCompliance.Diagnostics;
using CiCompliance.Evidence;
using CiCompliance.Keys;
using CiCompliance.Policy;
using CiCompliance.Signing;
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

        ShouldVerify(log.Trusted).Count.ShouldBe(8);
        run.Evidence.Read(EvidencePaths.Checkpoint, 1 << 20, bytes => Checkpoint.Parse(bytes)).Size.ShouldBe(9);
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
        var dsse = (BundleContent.Dsse)bundle.Content;
        run.Evidence.Write(name, (bundle with { Content = new BundleContent.Dsse(dsse.PayloadType, dsse.Payload, run.Sm2.Sign(dsse.Payload)) }).ToJson());

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

    private async Task<Diagnostic> RefusalAsync() => (await Should.ThrowAsync<CiComplianceException>(run.RecordAsync)).Diagnostic;
}
