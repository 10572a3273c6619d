using CiCompliance.Doors;
using CiCompliance.Tool.CommandLine;

namespace CiCompliance.Tool.Tests.CommandLine;

/// <summary>What the doors know about the tool's command line is what it is.</summary>
public sealed class DoorOptionsTests
{
    [Test]
    public void Keys_OfTheDoors_AreTheProtectedOptionsAndTheCertificates() =>
        ToolArguments.Keys.Order(StringComparer.Ordinal).ShouldBe(OptionTable.All.Where(option => option.Protected || option.Name.EndsWith("-certificates", StringComparison.Ordinal))
            .Select(option => option.Name).Order(StringComparer.Ordinal));

    [Test]
    public void WeakeningVariables_OfTheDoors_AreVariablesOfFlags() =>
        ToolArguments.WeakeningVariables.ShouldBeSubsetOf(OptionTable.All.Where(option => option.IsFlag).Select(option => option.VariableName));
}
