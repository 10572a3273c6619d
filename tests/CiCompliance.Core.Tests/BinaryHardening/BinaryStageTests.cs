using CiCompliance.Attestations;
using CiCompliance.BinaryHardening;
using CiCompliance.Core.Tests.Provenance;
using CiCompliance.Diagnostics;
using CiCompliance.Evidence;
using CiCompliance.Go;
using CiCompliance.Pipeline;
using CiCompliance.Provenance;
using CiCompliance.Sbom;

namespace CiCompliance.Core.Tests.BinaryHardening;

/// <summary>The stages after the build, over real outputs. One build serves all; each test has its own evidence.</summary>
public sealed class BinaryStageTests
{
    private const string Alpha = "alpha-linux-amd64";

    private GoModuleFixture? created;

    private GoModuleFixture Fixture => created!;

    private BinaryStage Stage => new(new BinaryJudge(GoModuleFixture.Digests));

    [SetUp]
    public async Task BuildModule()
    {
        created = new GoModuleFixture("go1.23");
        (await Fixture.RunAsync(Fixture.Build)).Verdict.ShouldBe(Verdict.Pass);
    }

    [TearDown]
    public void RemoveModule() => created?.Dispose();

    [Test]
    public async Task RunAsync_WhenAllIsRight_PassesAndAttestsEveryProperty()
    {
        var result = await Fixture.RunAsync(Stage);

        result.Findings.ShouldBeEmpty();
        result.Verdict.ShouldBe(Verdict.Pass);
        result.Checks.ShouldContain(check => check.Id == $"binary.relro[{Alpha}]" && check.Verdict == Verdict.Pass);
        var statement = Statement.Parse(Fixture.Read(EvidencePaths.Unsigned(Alpha, "binary")));
        statement.PredicateType.ShouldBe(PredicateTypes.Binary);
        ((string?)statement.Predicate["format"]).ShouldBe("elf64-x86-64");
        ((string?)statement.Predicate["modulePath"]).ShouldBe("example.com/app");
        statement.Predicate["properties"]!.AsArray().Select(node => (string?)node!["id"]).ShouldBe(
            ["relro", "bind-now", "pie", "nx-stack", "no-wx", "no-textrel", "stripped", "no-rpath", "needed", "build-info", "interpreter", "digest", "modules", "command"]);
    }

    [Test]
    public async Task RunAsync_WhenOneByteOfTheOutputChanged_IsNotWhatWasBuilt()
    {
        var path = Path.Combine(Fixture.EvidenceRoot, EvidencePaths.Output(Alpha));
        using (var file = File.Open(path, FileMode.Append))
        {
            file.WriteByte(0);
        }

        await ShouldFail("digest");
    }

    [Test]
    public async Task RunAsync_WhenTwoOutputsAreSwapped_DigestAndCommandFail()
    {
        File.Copy(Path.Combine(Fixture.EvidenceRoot, "bin/beta-linux-amd64"), Path.Combine(Fixture.EvidenceRoot, EvidencePaths.Output(Alpha)), overwrite: true);

        await ShouldFail("digest", "command");
    }

    [Test]
    public async Task RunAsync_WhenTheModulesHashIsAnother_Fails()
    {
        Fixture.WriteEvidence(row => row with { ZipH1 = "h1:" + Convert.ToBase64String(new byte[32]) });

        await ShouldFail("modules");
    }

    [Test]
    public async Task RunAsync_WhenTheModuleDidNotPass_Fails([Values(Verdict.Fail, Verdict.Undecided)] Verdict verdict)
    {
        Fixture.WriteEvidence(row => row with { Verdict = verdict });

        await ShouldFail("modules");
    }

    [Test]
    public async Task RunAsync_WhenBuiltWithOtherFlags_TheCommandFails()
    {
        ReplaceAlpha("-trimpath", "-buildvcs=false", "-tags", "evil", "-buildmode=pie", "-ldflags", "-s -w -bindnow");

        await ShouldFail("command");
    }

    [Test]
    public async Task RunAsync_WhenBuiltWithTheArticlesFlagsAlone_IsNotHardened()
    {
        ReplaceAlpha("-trimpath", "-buildvcs=false", "-ldflags", FlagPlan.FixedLinkerFlags);

        var result = await Fixture.RunAsync(Stage);

        result.Verdict.ShouldBe(Verdict.Fail);
        result.Findings.ShouldContain(finding => finding.Diagnostic == HardeningDiagnostics.NotHardened && finding.What.En.StartsWith("pie"));
    }

    [Test]
    public async Task RunAsync_WhenProvenanceIsMissing_CannotDecide()
    {
        File.Delete(Path.Combine(Fixture.EvidenceRoot, EvidencePaths.Unsigned(Alpha, "provenance")));

        (await Should.ThrowAsync<CiComplianceException>(() => Fixture.RunAsync(Stage))).Diagnostic.ShouldBe(EvidenceDiagnostics.FileMissing);
    }

    [Test]
    public async Task RunAsync_WhenProvenanceIsOfAnotherKind_CannotDecide()
    {
        await Fixture.RunAsync(Stage);
        File.Copy(Path.Combine(Fixture.EvidenceRoot, EvidencePaths.Unsigned(Alpha, "binary")), Path.Combine(Fixture.EvidenceRoot, EvidencePaths.Unsigned(Alpha, "provenance")), overwrite: true);

        (await Should.ThrowAsync<CiComplianceException>(() => Fixture.RunAsync(Stage))).Diagnostic.ShouldBe(EvidenceDiagnostics.Malformed);
    }

    [Test]
    public async Task RunAsync_WhenThereAreNoOutputs_CannotDecide()
    {
        Directory.Delete(Path.Combine(Fixture.EvidenceRoot, "bin"), recursive: true);

        (await Should.ThrowAsync<CiComplianceException>(() => Fixture.RunAsync(Stage))).Diagnostic.ShouldBe(HardeningDiagnostics.NoOutputs);
        (await Should.ThrowAsync<CiComplianceException>(() => Fixture.RunAsync(new SbomStage(GoModuleFixture.Digests)))).Diagnostic.ShouldBe(SbomDiagnostics.NoOutputs);
    }

    [Test]
    public async Task RunAsync_WhenAnOutputIsALink_CannotDecide()
    {
        var path = Path.Combine(Fixture.EvidenceRoot, EvidencePaths.Output(Alpha));
        File.Move(path, path + "-moved");
        File.CreateSymbolicLink(path, path + "-moved");

        (await Should.ThrowAsync<CiComplianceException>(() => Fixture.RunAsync(Stage))).Diagnostic.ShouldBe(HardeningDiagnostics.NoOutputs);
    }

    [Test]
    public async Task RunAsync_WhenAnOutputIsNoProgram_CannotDecide()
    {
        File.WriteAllText(Path.Combine(Fixture.EvidenceRoot, EvidencePaths.Output(Alpha)), new string('#', 100));

        (await Should.ThrowAsync<CiComplianceException>(() => Fixture.RunAsync(Stage))).Diagnostic.ShouldBe(HardeningDiagnostics.NotJudged);
        (await Should.ThrowAsync<CiComplianceException>(() => Fixture.RunAsync(new SbomStage(GoModuleFixture.Digests)))).Diagnostic.ShouldBe(ToolchainDiagnostics.NoBuildInfo);
    }

    [Test]
    public async Task Sbom_WhenMadeAgain_IsTheSame()
    {
        (await Fixture.RunAsync(new SbomStage(GoModuleFixture.Digests))).Verdict.ShouldBe(Verdict.Pass);
        var path = Path.Combine(Fixture.EvidenceRoot, EvidencePaths.Output(Alpha));

        Fixture.Read(EvidencePaths.SbomOf(Alpha)).ShouldBe(
            CycloneDxWriter.Write(GoBuildInfo.Read(path), GoModuleFixture.Digests.Compute(File.ReadAllBytes(path)), Alpha, GoModuleFixture.Now));
    }

    private void ReplaceAlpha(params string[] flags) =>
        Fixture.Go(["build", .. flags, "-o", Path.Combine(Fixture.EvidenceRoot, EvidencePaths.Output(Alpha)), "./cmd/alpha"]);

    private async Task ShouldFail(params string[] properties)
    {
        var result = await Fixture.RunAsync(Stage);

        result.Verdict.ShouldBe(Verdict.Fail);
        foreach (var property in properties)
        {
            result.Checks.ShouldContain(check => check.Id == $"binary.{property}[{Alpha}]" && check.Verdict == Verdict.Fail);
        }

        result.Findings.ShouldAllBe(finding => finding.Diagnostic == HardeningDiagnostics.OtherOrigin);
        result.Findings.ShouldNotBeEmpty();
    }
}
