using CiCompliance.Tool.CommandLine;

namespace CiCompliance.Tool.Tests.CommandLine;

public sealed class OptionTableTests
{
    private static readonly string[] SecretWords = ["key", "passphrase", "password", "secret", "token", "pin", "credential"];

    [Test]
    public void All_WhenAnOptionIsAboutASecret_IsProtectedAndHasNoEnvironmentTwin()
    {
        // --new-key says where a key will be, and what stands there already is refused.
        var about = OptionTable.All.Where(option => option != OptionTable.NewKey && SecretWords.Any(word => option.Name.Split('-').Contains(word))).ToList();

        about.Count.ShouldBe(24);
        about.ShouldAllBe(option => option.Protected && option.EnvironmentVariable == null && option.ValueName == "FILE|fd:N");
    }

    [Test]
    public void All_WhenAnOptionIsNotProtected_HasItsTwin() =>
        OptionTable.All.Where(option => !option.Protected).ShouldAllBe(option => option.EnvironmentVariable == option.VariableName);

    [Test]
    public void VariableName_OfRange_IsTheOneName() => OptionTable.Range.VariableName.ShouldBe("CICOMPLIANCE_RANGE");

    [Test]
    public void All_HasEveryOptionOfEveryVerb() =>
        VerbTable.All.SelectMany(verb => verb.AllOptions).ShouldAllBe(option => OptionTable.All.Contains(option));

    [Test]
    public void Verbs_HaveEachOptionOnce() =>
        VerbTable.All.ShouldAllBe(verb => verb.AllOptions.Select(option => option.Name).Distinct().Count() == verb.AllOptions.Count());

    [Test]
    public void All_IsSaidInBothLanguages() =>
        OptionTable.All.ShouldAllBe(option => option.Help.En.Length > 0 && option.Help.Zh.Length > 0 && option.Help.En != option.Help.Zh);
}
