namespace CiCompliance.Build.Tests.EndToEnd;

/// <summary>A case of its own for every test; the proxy tells the truth again after each.</summary>
[NonParallelizable]
[Platform("Linux")]
public abstract class EndToEndTests
{
    private protected Case Case { get; private set; } = null!;

    [SetUp]
    public void MakeCase() => Case = new Case();

    [TearDown]
    public void RemoveCase()
    {
        Scenario.Proxy.Lie = _ => null;
        Case.Dispose();
    }

    private protected Outcome Refused(int exitCode, params string[] messages)
    {
        var outcome = Case.Run();
        outcome.ShouldBe(exitCode, messages);
        Case.ShouldHaveLeftNothingHalfWritten();
        return outcome;
    }
}
