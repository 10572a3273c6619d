using System.Net;
using CiCompliance.Attestations;
using CiCompliance.Core.Tests.Signing;
using CiCompliance.Diagnostics;
using CiCompliance.Evidence;
using CiCompliance.Keys;
using CiCompliance.Pipeline;
using CiCompliance.Policy;
using CiCompliance.Signing;
using CiCompliance.Testing;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Core.Tests.TransparencyLog;

/// <summary>Evidence whose log could not be reached: left for later only where the policy allows, and completed only as it was left.</summary>
public sealed class PendingRecordTests
{
    private SigningRun run = null!;
    private StubRekorV2 server = null!;
    private bool isDown;

    [SetUp]
    public async Task SetUp()
    {
        isDown = true;
        server = new StubRekorV2(new EcdsaTestSigner()) { Fail = _ => isDown ? (HttpStatusCode.ServiceUnavailable, "0") : null };
        run = new SigningRun();
        run.Log = new LogPolicy(LogKind.External, null, server.Url, false, LogApi.V2, Offline: true);
        run.Trust = run.Trust with { Keys = [.. run.Trust.Keys, server.Trusted, run.Sm2.ToTrustedKey(KeyRole.EvidenceSm2)] };
        (await run.SignAsync()).Verdict.ShouldBe(Verdict.Pass);
    }

    [TearDown]
    public void TearDown()
    {
        run.Dispose();
        server.Dispose();
    }

    [Test]
    public async Task RunAsync_WhenTheLogIsDown_LeavesTheEvidenceUndecided()
    {
        var before = Files();

        var result = await run.RecordAsync();

        result.Verdict.ShouldBe(Verdict.Undecided);
        result.Checks.ShouldHaveSingleItem().Id.ShouldBe("record.pending");
        result.Findings.ShouldHaveSingleItem().Diagnostic.ShouldBe(LogDiagnostics.Pending);
        PipelineRunner.ExitCodeOf([result]).ShouldBe(ExitCode.Undecided);
        Files().Except(before).ShouldBe([EvidencePaths.Pending]);
        run.Evidence.Exists(EvidencePaths.Checkpoint).ShouldBeFalse();
    }

    [Test]
    public async Task RunAsync_WhenThePolicyDoesNotAllowIt_Fails()
    {
        run.Log = run.Log with { Offline = false };

        (await RefusalAsync()).ShouldBe(RekorDiagnostics.Unreachable);
        run.Evidence.Exists(EvidencePaths.Pending).ShouldBeFalse();
    }

    [Test]
    public async Task RunAsync_WhenTheSm2KeyIsNotAtHand_Fails()
    {
        run.Options = run.Options with { Sm2Key = null };

        (await RefusalAsync()).ShouldBe(RekorDiagnostics.Unreachable);
        run.Evidence.Exists(EvidencePaths.Pending).ShouldBeFalse();
    }

    [Test]
    public async Task RunAsync_WhenTheLogRefuses_Fails()
    {
        server.Fail = _ => (HttpStatusCode.BadRequest, null);

        (await RefusalAsync()).ShouldBe(RekorDiagnostics.Refused);
        run.Evidence.Exists(EvidencePaths.Pending).ShouldBeFalse();
    }

    [Test]
    public async Task Resume_WhenTheLogIsBack_RecordsTheSameSignatures()
    {
        await run.RecordAsync();
        var signatures = Signatures();
        await ComeUpAsync();

        (await ResumeAsync()).Verdict.ShouldBe(Verdict.Pass);

        Signatures().ShouldBe(signatures);
        server.Size.ShouldBe(8);
        run.Evidence.Exists(EvidencePaths.Pending).ShouldBeFalse();
        run.Evidence.Exists(EvidencePaths.Checkpoint).ShouldBeTrue();
    }

    [Test]
    public async Task Resume_OpensNoKeyButThatOfTheCheckpoint()
    {
        await run.RecordAsync();
        await ComeUpAsync();
        run.Signers.Opened.Clear();

        await ResumeAsync();

        run.Signers.Opened.ShouldBe(["log-sm2"]);
    }

    [Test]
    public async Task Resume_WhenTheLogIsStillDown_StaysPending()
    {
        await run.RecordAsync();
        var left = run.Evidence.Read(EvidencePaths.Pending, 1 << 20);

        var result = await ResumeAsync();

        result.Verdict.ShouldBe(Verdict.Undecided);
        run.Evidence.Read(EvidencePaths.Pending, 1 << 20).ShouldBe(left);
    }

    [Test]
    public async Task Resume_WhenTheLogGoesDownAfterSomeEntries_StaysPendingAndIsCompletedLater()
    {
        await run.RecordAsync();
        await ComeUpAsync();
        server.Fail = _ => server.Size >= 3 ? (HttpStatusCode.ServiceUnavailable, "0") : null;
        (await ResumeAsync()).Verdict.ShouldBe(Verdict.Undecided);
        server.Fail = _ => null;

        (await ResumeAsync()).Verdict.ShouldBe(Verdict.Pass);

        server.Size.ShouldBe(8);
    }

    [Test]
    public async Task Resume_WhenNothingWasLeft_IsAUsageError()
    {
        await ComeUpAsync();

        (await Should.ThrowAsync<CiComplianceException>(ResumeAsync)).Diagnostic.ShouldBe(LogDiagnostics.NothingPending);
        server.Size.ShouldBe(0);
    }

    public static IEnumerable<TestCaseData> Changes()
    {
        yield return Change("an output", folder => folder.Write(EvidencePaths.Output(SigningRun.Outputs[0]), "another"u8));
        yield return Change("a further file", folder => folder.Write("source/more.json", "{}"u8));
        yield return Change("a missing file", folder => folder.Delete(EvidencePaths.Tree));
        yield return Change("a record", folder => folder.Write(EvidencePaths.GoMod, "module other\n"u8));
        yield return Change("an attestation", folder => folder.Delete(EvidencePaths.SigstoreBundle(SigningRun.Outputs[0], "binary")));
        yield return Change("the record of what was left", folder => folder.Write(EvidencePaths.Pending, Changed(folder, payload => [.. payload[..^3], (byte)' ', .. payload[^3..]])));
        yield return Change("another payload type", folder =>
            folder.Write(EvidencePaths.Pending, (DsseEnvelope.Parse(folder.Read(EvidencePaths.Pending, 1 << 20)) with { PayloadType = DsseEnvelope.ManifestPayloadType }).ToJson()));
        yield return Change("no signature", folder =>
            folder.Write(EvidencePaths.Pending, (DsseEnvelope.Parse(folder.Read(EvidencePaths.Pending, 1 << 20)) with { Signatures = [] }).ToJson()));
    }

    [TestCaseSource(nameof(Changes))]
    public async Task Resume_WhenTheEvidenceWasChanged_RecordsNothing(Action<EvidenceFolder> change)
    {
        await run.RecordAsync();
        await ComeUpAsync();
        change(run.Evidence);

        (await Should.ThrowAsync<CiComplianceException>(ResumeAsync)).Diagnostic.ShouldBe(LogDiagnostics.PendingChanged);
        (await RefusalAsync()).ShouldBe(LogDiagnostics.PendingChanged);
        server.Size.ShouldBe(0);
    }

    [Test]
    public async Task Resume_WhenAnotherKeySignedWhatWasLeft_RecordsNothing()
    {
        await run.RecordAsync();
        await ComeUpAsync();
        using var stranger = new EcdsaTestSigner(KeyAlgorithm.Sm2);
        run.Evidence.Write(EvidencePaths.GoMod, "module other\n"u8);
        run.Evidence.Write(EvidencePaths.Pending, Changed(run.Evidence, payload => payload, stranger));

        (await Should.ThrowAsync<CiComplianceException>(ResumeAsync)).Diagnostic.ShouldBe(LogDiagnostics.PendingChanged);
        server.Size.ShouldBe(0);
    }

    [TestCase(RevocationReason.Compromised)]
    [TestCase(RevocationReason.Retired)]
    public async Task Resume_WhenTheKeyIsRevokedSince_RecordsNothing(RevocationReason reason)
    {
        await run.RecordAsync();
        await ComeUpAsync();
        run.Trust = run.Trust with { Keys = [.. run.Trust.Keys.Select(key => key.Role == KeyRole.EvidenceSm2 ? key with { Revocation = new(reason, DateTimeOffset.UtcNow.AddHours(-1)) } : key)] };

        (await Should.ThrowAsync<CiComplianceException>(ResumeAsync)).Diagnostic.ShouldBe(LogDiagnostics.PendingChanged);
        server.Size.ShouldBe(0);
    }

    [Test]
    public async Task Resume_OfWhatAssessWroteMeanwhile_GoesOn()
    {
        await run.RecordAsync();
        await ComeUpAsync();
        foreach (var name in new[] { EvidencePaths.Assessment, EvidencePaths.Report, EvidencePaths.Summary })
        {
            run.Evidence.Write(name, "made again afterwards"u8);
        }

        (await ResumeAsync()).Verdict.ShouldBe(Verdict.Pass);
    }

    [Test]
    public async Task Resume_WhenTheTrustStoreDoesNotHoldTheKey_TakesTheOneAtHandOnly()
    {
        run.Trust = run.Trust with { Keys = [.. run.Trust.Keys.Where(key => key.Role != KeyRole.EvidenceSm2)] };
        await run.RecordAsync();
        await ComeUpAsync();
        var options = run.Options;
        run.Options = options with { Sm2Key = null };
        (await Should.ThrowAsync<CiComplianceException>(ResumeAsync)).Diagnostic.ShouldBe(LogDiagnostics.PendingChanged);
        run.Options = options;

        (await ResumeAsync()).Verdict.ShouldBe(Verdict.Pass);
    }

    private static TestCaseData Change(string name, Action<EvidenceFolder> change) => new TestCaseData(change).SetArgDisplayNames(name);

    private static byte[] Changed(EvidenceFolder folder, Func<byte[], byte[]> change, ISigner? signer = null)
    {
        var envelope = DsseEnvelope.Parse(folder.Read(EvidencePaths.Pending, 1 << 20));
        var payload = change(envelope.Payload);
        var signature = signer is null ? envelope.Signatures[0]
            : new DsseSignature(signer.KeyId, signer.Sign(DsseEnvelope.PreAuthenticationEncoding(envelope.PayloadType, payload)), []);
        return (envelope with { Payload = payload, Signatures = [signature] }).ToJson();
    }

    private Task<StageResult> ResumeAsync()
    {
        var before = run.Options;
        run.Options = before with { Resume = true };
        try
        {
            return run.RecordAsync();
        }
        finally
        {
            run.Options = before;
        }
    }

    private List<string> Files() => [.. run.Evidence.List()];

    private List<string> Signatures() => [.. run.Evidence.List().Where(name => name.EndsWith(".sigstore.json", StringComparison.Ordinal))
        .Select(name => Convert.ToHexString(SigstoreBundle.Parse(run.Evidence.Read(name, 1 << 20)).Content.Signature))];

    private async Task<Diagnostic> RefusalAsync() => (await Should.ThrowAsync<CiComplianceException>(run.RecordAsync)).Diagnostic;

    /// <summary>Once what the client gave up is answered too: a request that is still under way must not find the log up.</summary>
    private async Task ComeUpAsync()
    {
        using var http = new HttpClient();
        for (var handled = -1; handled != server.Requests.Count; await Task.Delay(100))
        {
            handled = server.Requests.Count;
            using var answer = await http.GetAsync(new Uri(server.Url + "/checkpoint"));
            handled++;
        }

        isDown = false;
    }
}
