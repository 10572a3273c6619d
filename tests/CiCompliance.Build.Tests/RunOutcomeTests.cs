namespace CiCompliance.Build.Tests;

public sealed class RunOutcomeTests
{
    [Test]
    public void ExitCode_WhenTheHostSucceeded_IsZero() => Begun().ExitCode(0).ShouldBe(0);

    [TestCase(1)]
    [TestCase(-1)]
    public void ExitCode_WhenATaskStoppedTheRun_IsItsOwn(int hostExitCode)
    {
        var outcome = Begun();
        outcome.Stop(1, "not compliant").ExitCode.ShouldBe(1);
        outcome.ExitCode(hostExitCode).ShouldBe(1);
    }

    [Test]
    public void ExitCode_WhenSomethingElseFailed_IsUndecidedAndNeverAVerdict() => Begun().ExitCode(1).ShouldBe(3);

    [Test]
    public void ExitCode_WhenNoTaskBegan_IsUsage() => new RunOutcome().ExitCode(1).ShouldBe(2);

    private static RunOutcome Begun()
    {
        var outcome = new RunOutcome();
        outcome.Begin();
        return outcome;
    }
}
