using CiCompliance.Pipeline;

namespace CiCompliance.Core.Tests.Pipeline;

public sealed class ToolVersionTests
{
    [TestCase("1.2.3", "1.2.3", true)]
    [TestCase("1.2.3", "1.2", true)]
    [TestCase("1.2.0", "1.2", true)]
    [TestCase("1.3.0-alpha.1", "1.2.9", true)]
    [TestCase("1.2.3-alpha.1", "1.2.3", false)]
    [TestCase("1.2.0-alpha.1", "1.2", false)]
    [TestCase("1.2.2", "1.2.3", false)]
    [TestCase("1.10.0", "1.9.0", true)]
    [TestCase("", "0.0", false)]
    [TestCase("new", "0.0", false)]
    public void IsAtLeast_OrdersReleasesAndPreReleases(string version, string minimum, bool expected) =>
        ToolVersion.IsAtLeast(version, Version.Parse(minimum)).ShouldBe(expected);
}
