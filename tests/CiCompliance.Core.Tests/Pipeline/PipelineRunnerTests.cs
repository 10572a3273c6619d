using CiCompliance.Attestations;
using CiCompliance.Diagnostics;
using CiCompliance.Digests;
using CiCompliance.Evidence;
using CiCompliance.Keys;
using CiCompliance.Pipeline;
using CiCompliance.Testing;

namespace CiCompliance.Core.Tests.Pipeline;

public sealed class PipelineRunnerTests
{
    private static readonly Diagnostic Refused = new("CIC9001", DiagnosticKind.NotCompliant, "test");
    private static readonly Diagnostic Missing = new("CIC9002", DiagnosticKind.Usage, "test");
    private static readonly Diagnostic Down = new("CIC9003", DiagnosticKind.Undecided, "test");

    private TempDirectory temp = null!;
    private EvidenceFolder folder = null!;
    private RunRecord record = null!;

    [SetUp]
    public void SetUp()
    {
        temp = new TempDirectory();
        folder = EvidenceFolder.Open(temp.Combine("out"));
        record = Start(folder, "c1");
    }

    [TearDown]
    public void TearDown()
    {
        folder.Dispose();
        temp.Dispose();
    }

    [TestCase("environment,source,dependencies,build,binary,sbom,assess", true)]
    [TestCase("environment,source,dependencies,build,binary,sbom", true)]
    [TestCase("environment,source,dependencies,build,binary,assess", false)]
    [TestCase("environment,source,dependencies,build,binary,sbom,sign,assess", false)]
    [TestCase("environment,source,dependencies,build,binary,sbom,record", false)]
    [TestCase("assess", false)]
    [TestCase("", false)]
    public void EndsBeforeSigning_OfStages_NeedsAllThatJudgeAndNoneThatSigns(string stages, bool expected) =>
        StageCatalog.EndsBeforeSigning(stages.Split(',')).ShouldBe(expected);

    [Test]
    public async Task RunAsync_WhenAllPass_ExitsWithZeroAndRecordsAllButTheSeal()
    {
        var results = await RunAsync([]);
        results.Select(result => result.Stage).ShouldBe(StageCatalog.Names);
        PipelineRunner.ExitCodeOf(results).ShouldBe(0);
        Recorded().Stages.Select(row => row.Name).ShouldBe(StageCatalog.Names.Where(name => name != "seal"));
    }

    [Test]
    public async Task RunAsync_WhenSourceIsRefused_NeverBuildsOrSignsButReports()
    {
        var ran = new List<string>();
        var results = await RunAsync(new() { ["source"] = () => Refuse("source", Refused) }, ran);
        ran.ShouldBe(["environment", "source", "assess"]);
        PipelineRunner.ExitCodeOf(results).ShouldBe(1);
        record.VerdictOf("sign").ShouldBe(Verdict.Undecided);
    }

    [TestCase("environment")]
    [TestCase("dependencies")]
    [TestCase("build")]
    [TestCase("binary")]
    [TestCase("sbom")]
    public async Task RunAsync_WhenAGateIsRefused_NothingIsSigned(string gate)
    {
        var ran = new List<string>();
        await RunAsync(new() { [gate] = () => Refuse(gate, Refused) }, ran);
        ran.ShouldNotContain("sign");
        ran.ShouldNotContain("record");
        ran.ShouldNotContain("seal");
        ran.ShouldContain("assess");
    }

    [Test]
    public async Task RunAsync_WhenADependencyIsDown_ExitsWithThree()
    {
        var results = await RunAsync(new() { ["dependencies"] = () => throw new CiComplianceException(Down, "proxy", new("a", "b"), new("c", "d")) });
        PipelineRunner.ExitCodeOf(results).ShouldBe(3);
        Recorded().Stages.Single(row => row.Name == "dependencies").Findings.Single().Code.ShouldBe("CIC9003");
    }

    [Test]
    public async Task RunAsync_WhenAPrerequisiteIsMissing_ExitsWithTwo() =>
        PipelineRunner.ExitCodeOf(await RunAsync(new() { ["environment"] = () => throw new CiComplianceException(Missing, "go", new("a", "b"), new("c", "d")) }))
            .ShouldBe(2);

    [Test]
    public async Task RunAsync_WhenOneRefusesAndAnotherIsDown_TheRefusalDecides() =>
        PipelineRunner.ExitCodeOf(await RunAsync(new()
        {
            ["environment"] = () => Refuse("environment", Refused),
            ["dependencies"] = () => Refuse("dependencies", Down),
        })).ShouldBe(1);

    [Test]
    public async Task RunAsync_WhenAStageAnswersNothing_IsUndecided() =>
        PipelineRunner.ExitCodeOf(await RunAsync(new() { ["sbom"] = () => new StageResult("sbom", [], []) })).ShouldBe(3);

    [Test]
    public async Task Continue_WhenTheFolderHoldsAnotherCommit_IsRefused()
    {
        await RunAsync([]);
        Should.Throw<CiComplianceException>(() => RunRecord.Continue(folder, Identity("c2"))).Diagnostic.Code.ShouldBe("CIC2207");
        RunRecord.Continue(folder, Identity("c1")).VerdictOf("build").ShouldBe(Verdict.Pass);
    }

    [Test]
    public async Task Add_WhenAnEarlierStageRunsAgain_DropsWhatFollowed()
    {
        await RunAsync([]);
        record.Add(Pass("source"), DateTimeOffset.UnixEpoch, TimeSpan.Zero);
        Recorded().Stages.Select(row => row.Name).ShouldBe(["environment", "source"]);
    }

    [Test]
    public async Task RunAsync_WhenAStageThatHadPassedIsKilled_LeavesNoPassBehind()
    {
        await RunAsync([]);
        await Should.ThrowAsync<IOException>(() => RunAsync(new() { ["source"] = () => throw new IOException("disk full") }));
        Recorded().Stages.Select(row => row.Name).ShouldBe(["environment"]);
        RunRecord.Continue(folder, Identity("c1")).VerdictOf("source").ShouldBe(Verdict.Undecided);
    }

    private static StageResult Pass(string stage) => new(stage, [new Check(stage + ".ok", Verdict.Pass, new("ok", "好"))], []);

    private static StageResult Refuse(string stage, Diagnostic diagnostic) => new(stage, [], [new Finding(diagnostic, "x", new("a", "b"), new("c", "d"))]);

    private static RunIdentity Identity(string commit) =>
        new("run", "example.cn/app", commit, "tree", new DigestSet("p", "p"), RunMode.Production, "0.1.0");

    private static RunRecord Start(EvidenceFolder folder, string commit) =>
        RunRecord.Start(folder, Identity(commit), new HostRecord("none", null, null, null, null, null, "linux", "x64", "d"), [1], [2], DateTimeOffset.UnixEpoch);

    private EvidenceRecord Recorded() => EvidenceRecord.Parse(folder.Read(EvidencePaths.Evidence, 1 << 20));

    private Task<IReadOnlyList<StageResult>> RunAsync(Dictionary<string, Func<StageResult>> answers, List<string>? ran = null)
    {
        var stages = StageCatalog.All.ToDictionary(stage => stage.Name, stage => (IStage)new FakeStage(stage.Name, answers.GetValueOrDefault(stage.Name), ran ?? []));
        var options = new RunOptions(temp.Path, null, "HEAD", null, null, RunMode.Production, null, null, null, null);
        var context = new StageContext(options, null!, new TrustStore(1, []), folder, record, temp.Path, TimeProvider.System, new Progress<LocalizedText>());
        return new PipelineRunner(stages, new SilentObserver()).RunAsync([.. stages.Keys], context, record, default);
    }

    private sealed class FakeStage(string name, Func<StageResult>? answer, List<string> ran) : IStage
    {
        public string Name => name;

        public Task<StageResult> RunAsync(StageContext context, CancellationToken cancellationToken)
        {
            ran.Add(name);
            return Task.FromResult(answer?.Invoke() ?? Pass(name));
        }
    }

    private sealed class SilentObserver : IPipelineObserver
    {
        public void Started(string stage)
        {
        }

        public void Ended(StageResult result, TimeSpan duration)
        {
        }
    }
}
