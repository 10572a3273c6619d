using CiCompliance.Server.GoProxy.Http;

namespace CiCompliance.Server.Tests.GoProxy.Http;

/// <summary>RFC 9110 §14.1.2.</summary>
public sealed class ByteRangeTests
{
    [TestCase("bytes=0-4", 0, 5)]
    [TestCase("bytes=0-0", 0, 1)]
    [TestCase("bytes=5-", 5, 10)]
    [TestCase("bytes=5-99", 5, 10)]
    [TestCase("bytes=9-9", 9, 10)]
    [TestCase("bytes=-3", 7, 10)]
    [TestCase("bytes=-99", 0, 10)]
    [TestCase("bytes=0-9223372036854775806", 0, 10)]
    public void Parse_OfARange_ReadsIt(string header, long from, long to)
    {
        var range = ByteRange.Parse(header, 10).ShouldNotBeNull();
        range.ShouldBe(new ByteRange(from, to));
        range.IsUnsatisfiable.ShouldBeFalse();
    }

    [TestCase("bytes=10-")]
    [TestCase("bytes=10-20")]
    [TestCase("bytes=99-100")]
    [TestCase("bytes=-0")]
    public void Parse_OfARangeBehindTheEnd_IsUnsatisfiable(string header) => ByteRange.Parse(header, 10).ShouldNotBeNull().IsUnsatisfiable.ShouldBeTrue();

    [TestCase("bytes=")]
    [TestCase("bytes=-")]
    [TestCase("bytes=a-b")]
    [TestCase("bytes=4-2")]
    [TestCase("bytes=0-4,6-8")]
    [TestCase("bytes=0-4-6")]
    [TestCase("bytes=--4")]
    [TestCase("bytes= 0-4")]
    [TestCase("bytes=+0-4")]
    [TestCase("bytes=0-9223372036854775807")]
    [TestCase("bytes=99999999999999999999-")]
    [TestCase("items=0-4")]
    [TestCase("0-4")]
    [TestCase("bytes=٠-٤")]
    public void Parse_OfAnotherForm_IsNull(string header) => ByteRange.Parse(header, 10).ShouldBeNull();

    [Test]
    public void Parse_ForAnEmptyFile_IsUnsatisfiable()
    {
        ByteRange.Parse("bytes=0-", 0).ShouldNotBeNull().IsUnsatisfiable.ShouldBeTrue();
        ByteRange.Parse("bytes=-5", 0).ShouldNotBeNull().IsUnsatisfiable.ShouldBeTrue();
    }

    [TestCase("\"a\"", true)]
    [TestCase("W/\"a\"", true)]
    [TestCase("*", true)]
    [TestCase("\"b\", \"a\"", true)]
    [TestCase("\"b\"", false)]
    [TestCase("a", false)]
    [TestCase("", false)]
    [TestCase(null, false)]
    public void Matches_GoesByWeakComparison(string? header, bool matches) => EntityTag.Matches(header, "\"a\"").ShouldBe(matches);

    [Test]
    public void Matches_OfAHeaderWithoutEnd_IsFalse() => EntityTag.Matches("\"a\"," + new string(',', 5000), "\"a\"").ShouldBeFalse();
}
