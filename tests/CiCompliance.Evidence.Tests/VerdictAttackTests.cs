namespace CiCompliance.Evidence.Tests;

/// <summary>Stages, report, run and policy.</summary>
public sealed class VerdictAttackTests : ContentAttack
{
    [TestCase("environment")]
    [TestCase("source")]
    [TestCase("binary")]
    [TestCase("record")]
    public void Stage_WhenItsRowIsMissing_IsRefused(string stage)
    {
        EditEvidence(record => record with { Stages = [.. record.Stages.Where(row => row.Name != stage)] });
        Refused("CIC2280", EvidencePaths.Evidence);
    }

    [TestCase(Verdict.Fail)]
    [TestCase(Verdict.Undecided)]
    public void Stage_WhenItDidNotPass_IsRefused(Verdict verdict)
    {
        EditEvidence(record => record with { Stages = [.. record.Stages.Select(row => row.Name == "environment" ? row with { Verdict = verdict } : row)] });
        Refused("CIC2280", EvidencePaths.Evidence);
    }

    [TestCase(Verdict.Fail)]
    [TestCase(Verdict.Undecided)]
    public void Stage_WhenItPassedOverACheckThatDidNot_IsRefused(Verdict verdict)
    {
        EditEvidence(record => record with
        {
            Stages = [.. record.Stages.Select(row => row.Name == "environment" ? row with { Checks = [.. row.Checks, new("forged", verdict, "x", "x")] } : row)],
        });
        Refused("CIC2280", EvidencePaths.Evidence);
    }

    [Test]
    public void Stage_WhenItPassedOverAFinding_IsRefused()
    {
        EditEvidence(record => record with
        {
            Stages = [.. record.Stages.Select(row => row.Name == "environment"
                ? row with { Findings = [new("CIC1000", DiagnosticKind.NotCompliant, "x", "x", "x", "x", "x")] } : row)],
        });
        Refused("CIC2280", EvidencePaths.Evidence);
    }

    [TestCase("environment")]
    [TestCase("binary")]
    public void Stage_WhenItPassedWithoutAnyCheck_IsRefused(string stage)
    {
        EditEvidence(record => record with { Stages = [.. record.Stages.Select(row => row.Name == stage ? row with { Checks = [], Findings = [] } : row)] });
        Refused("CIC2280", EvidencePaths.Evidence);
    }

    [TestCase(EvidencePaths.Report)]
    [TestCase(EvidencePaths.Summary)]
    [TestCase(EvidencePaths.Assessment)]
    public void Report_WhenChangedAndSealed_IsRefused(string name)
    {
        Forgery.Write(name, [.. Forgery.Read(name), (byte)' ']);
        Forgery.Reseal().ShouldBeRefused("CIC2281", name);
    }

    [Test]
    public void Evidence_WhenOfAnotherRun_IsRefused()
    {
        EditEvidence(record => record with { Run = record.Run with { RunId = Guid.NewGuid().ToString("D") } });
        Refused("CIC2242", EvidencePaths.Evidence);
    }

    [Test]
    public void Policy_WhenWeakerThanTheAuditors_IsRefused()
    {
        // The run's policy shares the build cache.
        Forgery.Expected = Forgery.Expected with { Policy = Forge.Policy with { Build = Forge.Policy.Build with { Cache = CiCompliance.Policy.BuildCachePolicy.Fresh } } };
        Forgery.ShouldBeRefused("CIC2282", EvidencePaths.PolicyApplied);
        Forgery.Expected = Forgery.Expected with { Policy = Forge.Policy };
        Forgery.ShouldPass();
    }

    [Test]
    public void Policy_WhenNotTheOneOfTheStatements_IsRefused()
    {
        Forgery.Write(EvidencePaths.PolicyApplied, (Forge.Policy with { Binary = Forge.Policy.Binary with { Static = CiCompliance.Policy.StaticPolicy.Allowed } }).ToJson());
        Refused("CIC2242", EvidencePaths.PolicyApplied);
    }
}
