using CiCompliance.Attestations;
using CiCompliance.Diagnostics;
using CiCompliance.Evidence;
using CiCompliance.Go;
using CiCompliance.Keys;
using CiCompliance.Pipeline;
using CiCompliance.Signing;
using CiCompliance.Source;
using CiCompliance.Testing;

namespace CiCompliance.Core.Tests.Signing;

public sealed class SignStageTests
{
    private static readonly string[] Predicates = ["provenance", "source", "dependencies", "binary"];

    private SigningRun run = null!;

    [SetUp]
    public void SetUp() => run = new SigningRun();

    [TearDown]
    public void TearDown() => run.Dispose();

    [Test]
    public async Task RunAsync_SignsEveryStatementTwiceOverTheSameBytes()
    {
        (await run.SignAsync()).Verdict.ShouldBe(Verdict.Pass);

        var expected = new BundleExpectation([run.P256.ToTrustedKey(KeyRole.EvidenceP256)], []) { RequireLog = false };
        foreach (var output in SigningRun.Outputs)
        {
            foreach (var predicate in Predicates)
            {
                var envelope = run.Evidence.Read(EvidencePaths.Sm2Envelope(output, predicate), 1 << 20, bytes => DsseEnvelope.Parse(bytes));
                var message = DsseEnvelope.PreAuthenticationEncoding(envelope.PayloadType, envelope.Payload);
                var signature = envelope.Signatures.ShouldHaveSingleItem();
                run.Verifier.Verify(KeyAlgorithm.Sm2, run.Sm2.PublicKey, message, signature.Sig).ShouldBe(Verdict.Pass);
                signature.KeyId.ShouldBe(run.Sm2.KeyId);
                new BundleVerifier(run.Verifier)
                    .Verify(run.Evidence.Read(EvidencePaths.SigstoreBundle(output, predicate), 1 << 20), expected with { Payload = envelope.Payload }, predicate)
                    .Findings.ShouldBeEmpty();
                var statement = Statement.Parse(envelope.Payload);
                statement.Subject.ShouldHaveSingleItem().ShouldBe(
                    new Subject(output, new TestDigests().Compute(run.Evidence.Read(EvidencePaths.Output(output), 1 << 20))));
            }
        }

        run.Evidence.List().ShouldNotContain(name => name.EndsWith(".statement.json"));
    }

    [Test]
    public async Task RunAsync_SaysWhichSourceAndModulesAnOutputComesFrom()
    {
        await run.SignAsync();

        var source = SourcePredicate.Parse(StatementOf("source"));
        var dependencies = DependenciesPredicate.Parse(StatementOf("dependencies"));
        source.Run.ShouldBe(run.Identity);
        source.Commit.ShouldBe(run.Commit);
        source.SourceRecord.Keys.ShouldBe([EvidencePaths.Source, EvidencePaths.Commits, EvidencePaths.Tree, EvidencePaths.GoMod], ignoreOrder: true);
        source.SourceRecord[EvidencePaths.GoMod].ShouldBe(new TestDigests().Compute("module app\n"u8));
        dependencies.Run.ShouldBe(run.Identity);
        dependencies.CacheOrigin.ShouldBe(CacheOrigin.Empty);
        dependencies.Records.Keys.ShouldBe([EvidencePaths.Modules]);
    }

    [Test]
    public async Task RunAsync_VerifiesHeadsSignatureAgainOverTheCommitWithoutIt()
    {
        await run.SignAsync();

        var payload = System.Text.Encoding.ASCII.GetString(run.Objects.Payloads.ShouldHaveSingleItem());
        payload.ShouldContain("subject");
        payload.ShouldNotContain("PGP");
    }

    [Test]
    public async Task RunAsync_WhenAnOutputJudgedAgainFails_SignsNothing()
    {
        run.Judge.Verdict = Verdict.Fail;
        await ShouldRefuseAsync(SigningDiagnostics.BinaryDiffers);
    }

    [Test]
    public async Task RunAsync_WhenAnOutputJudgedAgainIsNotAsRecorded_SignsNothing()
    {
        run.Judge.Format = "elf64-other";
        await ShouldRefuseAsync(SigningDiagnostics.BinaryDiffers);
    }

    [TestCase("environment", Verdict.Undecided)]
    [TestCase("source", Verdict.Fail)]
    [TestCase("dependencies", Verdict.Undecided)]
    [TestCase("build", Verdict.Fail)]
    [TestCase("binary", Verdict.Fail)]
    [TestCase("sbom", Verdict.Undecided)]
    public async Task RunAsync_WhenAStageHasNotPassed_RefusesAndOpensNoKey(string stage, Verdict verdict)
    {
        run.Run.Verdicts[stage] = verdict;

        await ShouldRefuseAsync(SigningDiagnostics.StageNotPassed);
    }

    [Test]
    public async Task RunAsync_WhenAnOutputWasChangedAfterwards_Refuses()
    {
        run.Evidence.Write(EvidencePaths.Output(SigningRun.Outputs[0]), "another binary"u8);

        await ShouldRefuseAsync(SigningDiagnostics.SubjectDiffers);
    }

    [Test]
    public async Task RunAsync_WhenStatementsAreSwapped_Refuses()
    {
        var (first, second) = (EvidencePaths.Unsigned(SigningRun.Outputs[0], "binary"), EvidencePaths.Unsigned(SigningRun.Outputs[1], "binary"));
        var content = run.Evidence.Read(first, 1 << 20);
        run.Evidence.Write(first, run.Evidence.Read(second, 1 << 20));
        run.Evidence.Write(second, content);

        await ShouldRefuseAsync(SigningDiagnostics.SubjectDiffers);
    }

    [TestCase("provenance")]
    [TestCase("binary")]
    public async Task RunAsync_WhenAStatementIsOfAnotherRun_Refuses(string predicate)
    {
        run.WriteStatement(SigningRun.Outputs[1], predicate, run.Identity with { RunId = "replayed" });

        await ShouldRefuseAsync(SigningDiagnostics.RunDiffers);
    }

    [Test]
    public async Task RunAsync_WhenAStatementHasNoRun_Refuses()
    {
        var name = EvidencePaths.Unsigned(SigningRun.Outputs[0], "binary");
        var statement = Statement.Parse(run.Evidence.Read(name, 1 << 20));
        run.Evidence.Write(name, (statement with { Predicate = new() { ["run"] = "none" } }).ToJson());

        await ShouldRefuseAsync(SigningDiagnostics.RunDiffers);
    }

    [Test]
    public async Task RunAsync_WhenAStatementBelongsToNoOutput_Refuses()
    {
        run.WriteStatement("ghost", "binary", run.Identity, "ghost"u8.ToArray());

        await ShouldRefuseAsync(SigningDiagnostics.UnexpectedStatement);
    }

    [Test]
    public async Task RunAsync_WhenACommitDidNotPass_Refuses()
    {
        run.WriteCommits(Verdict.Fail, run.RawCommit);

        await ShouldRefuseAsync(SigningDiagnostics.SourceNotVerified);
    }

    [Test]
    public async Task RunAsync_WhenHeadsSignatureNoLongerVerifies_Refuses()
    {
        run.Objects.Answer = Verdict.Fail;

        await ShouldRefuseAsync(SigningDiagnostics.SourceNotVerified);
    }

    [Test]
    public async Task RunAsync_WhenHeadsBytesAreAnotherCommits_Refuses()
    {
        run.WriteCommits(Verdict.Pass, [.. run.RawCommit, (byte)'!']);

        await ShouldRefuseAsync(SigningDiagnostics.SourceNotVerified);
    }

    [Test]
    public async Task RunAsync_WhenHeadIsMissing_Refuses()
    {
        run.WriteCommits(Verdict.Pass, run.RawCommit, new string('0', 40));

        await ShouldRefuseAsync(SigningDiagnostics.SourceNotVerified);
    }

    [Test]
    public async Task RunAsync_WhenTheRangeBeginsElsewhereThanAsked_Refuses()
    {
        var start = new string('e', 40);
        run.Options = run.Options with { Base = start };
        (await run.SignAsync()).Findings.ShouldNotContain(finding => finding.Diagnostic == SigningDiagnostics.SourceNotVerified, "all of history covers every base");
        EditSource(source => source with { Base = new string('d', 40) });
        (await run.SignAsync()).Findings.ShouldContain(finding => finding.Diagnostic == SigningDiagnostics.SourceNotVerified && finding.What.En.Contains(start));
    }

    [Test]
    public async Task RunAsync_WhenTheTagThatARuleWantsSignedWasNotJudged_Refuses()
    {
        run.Source = run.Source with { Rules = [new("releases", [], [], [], [], ["v*"], ["a@b"], 1, null, null)] };
        run.Options = run.Options with { Commit = "refs/tags/v1.0" };
        (await run.SignAsync()).Findings.ShouldContain(finding => finding.Diagnostic == SigningDiagnostics.SourceNotVerified && finding.What.En.Contains("v1.0"));
    }

    [Test]
    public async Task RunAsync_WhenItWasJudgedForAnotherBranch_Refuses()
    {
        run.Options = run.Options with { Branch = "main" };
        (await run.SignAsync()).Findings.ShouldContain(finding => finding.Diagnostic == SigningDiagnostics.SourceNotVerified && finding.What.En.Contains("branch"));
    }

    private void EditSource(Func<SourceRecord, SourceRecord> edit) =>
        run.Evidence.Write(EvidencePaths.Source, edit(SourceRecord.Parse(run.Evidence.Read(EvidencePaths.Source, 1 << 20))).ToJson());

    [Test]
    public async Task RunAsync_WhenTheSourceRecordIsOfAnotherRun_Refuses()
    {
        var record = run.Evidence.Read(EvidencePaths.Source, 1 << 20, bytes => CiCompliance.Source.SourceRecord.Parse(bytes));
        run.Evidence.Write(EvidencePaths.Source, (record with { Repository = "github.com/acme/other" }).ToJson());

        await ShouldRefuseAsync(SigningDiagnostics.RunDiffers);
    }

    [Test]
    public async Task RunAsync_WhenAStatementIsNotCanonical_Stops()
    {
        var name = EvidencePaths.Unsigned(SigningRun.Outputs[0], "binary");
        run.Evidence.Write(name, [.. run.Evidence.Read(name, 1 << 20), (byte)' ']);

        (await Should.ThrowAsync<CiComplianceException>(run.SignAsync)).Diagnostic.ShouldBe(EvidenceDiagnostics.Malformed);
        run.Signers.Opened.ShouldBeEmpty();
    }

    [Test]
    public async Task RunAsync_WhenAStatementIsMissing_Stops()
    {
        run.Evidence.Delete(EvidencePaths.Unsigned(SigningRun.Outputs[0], "provenance"));

        (await Should.ThrowAsync<CiComplianceException>(run.SignAsync)).Diagnostic.ShouldBe(EvidenceDiagnostics.FileMissing);
        run.Signers.Opened.ShouldBeEmpty();
    }

    [Test]
    public async Task RunAsync_WhenAKeyIsNotGiven_IsAUsageError()
    {
        foreach (var options in new[] { run.Options with { Sm2Key = null }, run.Options with { P256Key = null } })
        {
            run.Options = options;
            (await Should.ThrowAsync<CiComplianceException>(run.SignAsync)).Diagnostic.ShouldBe(SigningDiagnostics.KeyMissing);
        }

        run.Signers.Opened.ShouldBeEmpty();
    }

    [Test]
    public async Task RunAsync_WhenASignatureDoesNotVerify_Stops()
    {
        var stage = new SignStage(run.Signers, new RefusingVerifier(), run.Objects, run.Judge, new TestDigests());

        (await Should.ThrowAsync<CiComplianceException>(() => stage.RunAsync(run.Context, CancellationToken.None)))
            .Diagnostic.ShouldBe(SigningDiagnostics.SignatureFailed);
        run.Evidence.List().ShouldNotContain(name => name.EndsWith(".dsse.json") || name.EndsWith(".sigstore.json"));
    }

    private Statement StatementOf(string predicate) => Statement.Parse(
        run.Evidence.Read(EvidencePaths.Sm2Envelope(SigningRun.Outputs[0], predicate), 1 << 20, bytes => DsseEnvelope.Parse(bytes)).Payload);

    private async Task ShouldRefuseAsync(Diagnostic diagnostic)
    {
        var result = await run.SignAsync();

        result.Verdict.ShouldBe(Verdict.Fail);
        PipelineRunner.ExitCodeOf([result]).ShouldBe(ExitCode.NotCompliant);
        result.Findings.Select(finding => finding.Diagnostic).ShouldContain(diagnostic);
        run.Signers.Opened.ShouldBeEmpty();
        run.Evidence.List().ShouldNotContain(name => name.EndsWith(".dsse.json") || name.EndsWith(".sigstore.json"));
    }

    private sealed class RefusingVerifier : ISignatureVerifier
    {
        public Verdict Verify(KeyAlgorithm algorithm, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) => Verdict.Fail;
    }
}
