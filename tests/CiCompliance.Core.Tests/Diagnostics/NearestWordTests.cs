using CiCompliance.Diagnostics;

namespace CiCompliance.Core.Tests.Diagnostics;

public sealed class NearestWordTests
{
    [TestCase("", "abc", 3)]
    [TestCase("abc", "abc", 0)]
    [TestCase("stauts", "status", 1, Description = "a swap of neighbours costs 1")]
    [TestCase("kitten", "sitting", 3)]
    [TestCase("ca", "abc", 3, Description = "restricted: a swapped pair is not edited again")]
    public void Distance_WhenMeasured_IsThePublishedValue(string a, string b, int expected)
    {
        NearestWord.Distance(a, b).ShouldBe(expected);
        NearestWord.Distance(b, a).ShouldBe(expected);
    }

    [Test]
    public void Of_WhenNothingIsNear_IsNull() => NearestWord.Of("xyz", ["provider", "proxy", "go"]).ShouldBeNull();

    [Test]
    public void Of_WhenWordIsHuge_IsNull() => NearestWord.Of(new string('a', 100_000), ["aa"]).ShouldBeNull();
}
