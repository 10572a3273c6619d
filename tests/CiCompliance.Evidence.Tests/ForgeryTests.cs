namespace CiCompliance.Evidence.Tests;

[SetUpFixture]
public sealed class ForgeEnd
{
    [OneTimeTearDown]
    public void Remove() => EvidenceForge.Remove();
}

/// <summary>The forge itself: what isn't changed passes, also sealed again. Otherwise no refusal here would mean anything.</summary>
public sealed class ForgeryTests
{
    [Test]
    public void Verify_WhenNothingIsChanged_Passes()
    {
        using var forgery = new Forgery();
        forgery.ShouldPass().Rows.Select(row => row.Step).Distinct().ShouldBe([1, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    }

    [Test]
    public void Verify_WhenTheOwnerSignsEverythingAgain_Passes()
    {
        using var forgery = new Forgery();
        forgery.ResignAll().Assess().Reseal().ShouldPass();
    }
}
