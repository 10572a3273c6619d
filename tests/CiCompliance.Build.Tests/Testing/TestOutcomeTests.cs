using CiCompliance.Build.Testing;

namespace CiCompliance.Build.Tests.Testing;

public sealed class TestOutcomeTests
{
    private static readonly TestOutcome Some = new(3, [], [new("A.b", "needs cosign3"), new("A.c", "unavailable: a GPU")]);

    [Test]
    public void Describe_Always_EndsWithTheOneLine()
    {
        var lines = new List<string>();
        (Some with { Failed = [new("A.d", "expected 1\nbut was 2")] }).Describe(lines.Add);
        lines.ShouldContain("FAILED A.d");
        lines.ShouldContain("skipped (needs cosign3):");
        lines[^1].ShouldBe("3 passed, 1 failed, 2 skipped");
    }

    [Test]
    public void IsGood_WhenNothingFailed_IsTrue() => Some.IsGood.ShouldBeTrue();

    [Test]
    public void IsGood_WhenNoTestPassed_IsFalse() => (Some with { Passed = 0 }).IsGood.ShouldBeFalse();

    [Test]
    public void WithSkipsRefused_FailsWhatCouldHaveBeenInstalled()
    {
        var inCi = Some.WithSkipsRefused();
        inCi.Line.ShouldBe("3 passed, 1 failed, 1 skipped");
        inCi.Failed.Single().Reason.ShouldBe("skipped in CI: needs cosign3");
    }

    [Test]
    public void Sum_AddsAll() => TestOutcome.Sum([Some, Some]).Line.ShouldBe("6 passed, 0 failed, 4 skipped");
}
