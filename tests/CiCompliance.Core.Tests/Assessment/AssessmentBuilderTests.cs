using System.Text;
using System.Text.Json;
using CiCompliance.Assessment;
using CiCompliance.Attestations;
using CiCompliance.Diagnostics;
using CiCompliance.Pipeline;
using CiCompliance.Policy;
using CiCompliance.Testing;

namespace CiCompliance.Core.Tests.Assessment;

public sealed class AssessmentBuilderTests
{
    [Test]
    public void Build_WhenEveryStagePassed_Passes()
    {
        var record = AssessmentBuilder.Build(RunFixture.Passing);

        record.Verdict.ShouldBe(Verdict.Pass);
        record.MissingStages.ShouldBeEmpty();
        record.Items.Select(item => item.Verdict).ShouldAllBe(verdict => verdict == Verdict.Pass);
        Status(record, "gbt22239-8.1.9.8.a").ShouldBe(ClauseStatus.Supported);
        Status(record, "gbt22239-8.1.9.4.f").ShouldBe(ClauseStatus.Partly, "approvals are not visible");
        Status(record, "gbt22239-8.1.10.9.b").ShouldBe(ClauseStatus.NotShown, "no certified module");
        Status(record, "gbt22239-8.1.4.6").ShouldBe(ClauseStatus.NotShown, "a signed log is no root of trust");
        Status(record, "gbt39786-8.4.h").ShouldBe(ClauseStatus.NotShown, "software keys, no trusted time");
    }

    [Test]
    public void Build_WhenAStageFailed_ShowsNothingForItsClauses()
    {
        var record = AssessmentBuilder.Build(RunFixture.Failing);

        record.Verdict.ShouldBe(Verdict.Fail);
        Status(record, "gbt22239-8.1.9.4.f").ShouldBe(ClauseStatus.NotShown);
        record.Clauses.Single(clause => clause.Id == "gbt22239-8.1.9.4.f").Evidence.ShouldBeEmpty();
        record.Items.Select(item => (item.Id, item.Verdict)).ShouldBe(
            [("source-origin", Verdict.Fail), ("build-integrity", Verdict.Fail), ("delivery-intact", Verdict.Undecided)]);
    }

    [TestCaseSource(nameof(StageNames))]
    public void Build_WhenARequiredStageIsMissing_IsUndecided(string stage)
    {
        var input = RunFixture.Passing with { Stages = [.. RunFixture.Passing.Stages.Where(outcome => outcome.Name != stage)] };
        var record = AssessmentBuilder.Build(input);

        record.Verdict.ShouldBe(Verdict.Undecided);
        record.MissingStages.ShouldBe([stage]);
        AssessmentFindings.Of(input, record)[0].Format(Language.English).ShouldBe(
            $"{stage} : error CIC5101: the policy requires stage '{stage}', and it left no result. Run it before assess, or cicompliance run");
    }

    [TestCaseSource(nameof(StageNames))]
    public void Of_WhenTheRunWasToEndBeforeSigning_OnlyNotesSignAndRecord(string stage)
    {
        var input = RunFixture.Passing with { Stages = [.. RunFixture.Passing.Stages.Where(outcome => outcome.Name != stage)] };
        var record = AssessmentBuilder.Build(input);

        record.Verdict.ShouldBe(Verdict.Undecided, "what is not signed must not ship");
        AssessmentFindings.Of(input, record, isUnsigned: true)[0].Diagnostic.Code.ShouldBe(stage is "sign" or "record" ? "CIC5103" : "CIC5101");
    }

    [Test]
    public void Build_WhenThePolicyWaivesAStage_ShowsItAsAGap()
    {
        var input = RunFixture.Passing with
        {
            Policy = RunFixture.Passing.Policy with { Stages = [.. StageCatalog.Names.Where(stage => stage != "sbom")] },
            Stages = [.. RunFixture.Passing.Stages.Where(outcome => outcome.Name != "sbom")],
        };
        var record = AssessmentBuilder.Build(input);

        record.Verdict.ShouldBe(Verdict.Pass);
        record.Gaps.Single(gap => gap.Id == "stages-waived").En.ShouldEndWith(": sbom");
        record.Items.Single(item => item.Id == "delivery-intact").Verdict.ShouldBe(Verdict.Undecided);
    }

    [Test]
    public void Build_WhenNothingRan_IsUndecided() =>
        AssessmentBuilder.Build(RunFixture.Passing with { Stages = [] }).Verdict.ShouldBe(Verdict.Undecided);

    [Test]
    public void Build_WhenEverythingIsNotApplicable_IsUndecided()
    {
        var stages = RunFixture.Passing.Stages.Select(stage => new StageOutcome(stage.Name, Verdict.NotApplicable, 1, [], []));
        var record = AssessmentBuilder.Build(RunFixture.Passing with { Stages = [.. stages] });

        record.Verdict.ShouldBe(Verdict.Undecided);
        record.Clauses.ShouldNotContain(clause => clause.Status == ClauseStatus.Supported);
        Status(record, "slsa-build-l1").ShouldBe(ClauseStatus.NotApplicable);
    }

    [Test]
    public void Build_WhenARecordedPassHidesAFailedCheck_Fails()
    {
        var stages = RunFixture.Failing.Stages.Select(stage => stage with { Verdict = Verdict.Pass });

        AssessmentBuilder.Build(RunFixture.Failing with { Stages = [.. stages] }).Verdict.ShouldBe(Verdict.Fail);
    }

    [Test]
    public void Build_WhenAPassHasNoCheck_IsUndecided() =>
        AssessmentBuilder.Build(Replacing("binary", new StageOutcome("binary", Verdict.Pass, 1, [], []))).Verdict.ShouldBe(Verdict.Undecided);

    [Test]
    public void Build_WhenAStageStandsTwice_TheWorseCounts()
    {
        var twice = RunFixture.Passing.Stages.Append(RunFixture.Stage("source", 1, [new Check("source.commits", Verdict.Fail, new("no", "否"))]));

        AssessmentBuilder.Build(RunFixture.Passing with { Stages = [.. twice] }).Stages.Single(stage => stage.Name == "source").Verdict.ShouldBe(Verdict.Fail);
    }

    [Test]
    public void Build_WhenAStageCallsItselfAFact_DoesNotBelieveIt()
    {
        var posing = new[] { RunFacts.TrustedTime, RunFacts.HardwareKeys }.Select(name => RunFixture.Stage(name, 1, [RunFixture.Pass(name)]));

        Status(AssessmentBuilder.Build(RunFixture.Passing with { Stages = [.. RunFixture.Passing.Stages, .. posing] }), "gbt39786-8.4.h").ShouldBe(ClauseStatus.NotShown);
    }

    [Test]
    public void Build_WhenItIsADemonstration_SupportsNothing()
    {
        var record = AssessmentBuilder.Build(RunFixture.Demonstration);

        record.Clauses.Select(clause => clause.Status).ShouldNotContain(ClauseStatus.Supported);
        record.Clauses.Select(clause => clause.Status).ShouldNotContain(ClauseStatus.Partly);
        record.Gaps[0].Id.ShouldBe("demonstration");
    }

    [Test]
    public void Build_WhenTheModeIsUnspecified_IsUndecided() =>
        AssessmentBuilder.Build(RunFixture.Passing with { Run = RunFixture.Passing.Run with { Mode = RunMode.Unspecified } })
            .Verdict.ShouldBe(Verdict.Undecided);

    [TestCase(182, true)]
    [TestCase(183, false)]
    [TestCase(0, true)]
    public void Build_WhenTheHostKeepsFilesForDays_ComparesWithSixMonths(int days, bool gap)
    {
        var input = RunFixture.Passing with { Host = RunFixture.Passing.Host with { RetentionDays = days } };
        var record = AssessmentBuilder.Build(input);

        record.Gaps.Any(row => row.Id == "retention-short").ShouldBe(gap);
        AssessmentFindings.Of(input, record).Any(finding => finding.Diagnostic == AssessmentDiagnostics.RetentionTooShort).ShouldBe(gap);
        Status(record, "gbt22239-8.1.5.4.d").ShouldBe(gap ? ClauseStatus.NotShown : ClauseStatus.Partly);
    }

    [Test]
    public void Build_WhenSetUpAsWellAsItCanBe_LeavesOnlyWhatNoRunCanShow()
    {
        var input = RunFixture.Passing with
        {
            TrustedTime = true,
            Keys = KeyCustody.Hardware,
            Log = LogKind.External,
            Host = RunFixture.Passing.Host with { RetentionDays = 400 },
        };
        var record = AssessmentBuilder.Build(input);

        record.Gaps.ShouldAllBe(gap => gap.Always);
        record.Gaps.Select(gap => gap.Id).ShouldBe(["self-check", "paraphrase", "no-such-section", "certified-module", "approvals", "root-of-trust",
            "job-controlled-runner", "no-scans", "backup", "personal-information"]);
        Status(record, "gbt39786-8.4.h").ShouldBe(ClauseStatus.Partly);
        AssessmentFindings.Of(input, record).ShouldBeEmpty();
    }

    [Test]
    public void Build_WhenThePolicyIsLoose_ShowsEachLoosening()
    {
        var record = AssessmentBuilder.Build(RunFixture.Passing with
        {
            Policy = RunFixture.Policy("""
                version: 1
                repository: github.com/acme/payments
                go: { provider: goproxy.cn, direct: allowed }
                dependencies: { vendor: source-signed }
                build: { cgo: true, cache: shared }
                binary: { static: allowed }
                log: { kind: ephemeral }
                """),
            Log = LogKind.Ephemeral,
            Host = new HostFacts("local", "", null, null),
        });

        record.Gaps.Where(gap => !gap.Always).Select(gap => gap.Id).ShouldBe(["direct-allowed", "vendor-source-signed", "cache-shared", "cgo",
            "static-allowed", "log-ephemeral", "no-trusted-time", "software-keys", "actor-unknown", "retention-unknown"]);
        Status(record, "gbt22239-8.1.4.3.b").ShouldBe(ClauseStatus.NotShown, "nobody is named");
        Status(record, "gbt22239-8.1.4.3.c").ShouldBe(ClauseStatus.NotShown, "the log ends with the run");
    }

    [Test]
    public void Build_WhenMadeTwice_GivesTheSameBytes() =>
        AssessmentBuilder.Build(RunFixture.Passing).ToJson().ShouldBe(AssessmentBuilder.Build(RunFixture.Passing with { }).ToJson());

    [Test]
    public void ToJson_WhenParsed_GivesTheSame()
    {
        var json = AssessmentBuilder.Build(RunFixture.Failing).ToJson();

        AssessmentRecord.Parse(json).ToJson().ShouldBe(json);
        Approved.ShouldMatch(json, "assessment.fail.json");
    }

    [TestCase("\"version\":1", "\"version\":2")]
    [TestCase("\"version\":1", "\"version\":1,\"zzz\":1")]
    [TestCase("\"verdict\":\"fail\"", "\"verdict\":\"passed\"")]
    [TestCase("\"verdict\":\"fail\"", "\"verdict\":2")]
    [TestCase("\"missingStages\":[", "\"missingStages\": [")]
    [TestCase("\"always\":true,", "")]
    public void Parse_WhenTheRecordIsAltered_Refuses(string text, string altered)
    {
        var json = Encoding.UTF8.GetString(AssessmentBuilder.Build(RunFixture.Failing).ToJson()).Replace(text, altered, StringComparison.Ordinal);

        Should.Throw<JsonException>(() => AssessmentRecord.Parse(Encoding.UTF8.GetBytes(json)));
    }

    [Test]
    public void Parse_WhenTruncatedOrExtended_Refuses()
    {
        var json = AssessmentBuilder.Build(RunFixture.Passing).ToJson();

        Should.Throw<JsonException>(() => AssessmentRecord.Parse(json.AsSpan(..^1)));
        Should.Throw<JsonException>(() => AssessmentRecord.Parse([.. json, (byte)'\n']));
    }

    private static IEnumerable<string> StageNames() => StageCatalog.Assessed;

    private static ClauseStatus Status(AssessmentRecord record, string clause) => record.Clauses.Single(row => row.Id == clause).Status;

    private static AssessmentInput Replacing(string stage, StageOutcome outcome) =>
        RunFixture.Passing with { Stages = [.. RunFixture.Passing.Stages.Select(old => old.Name == stage ? outcome : old)] };
}
