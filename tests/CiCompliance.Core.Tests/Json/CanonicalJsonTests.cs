using System.Text;
using System.Text.Json;
using CiCompliance.Json;

namespace CiCompliance.Core.Tests.Json;

public sealed class CanonicalJsonTests
{
    [TestCase("{\"b\":1, \"a\":[true,null]}", "{\"a\":[true,null],\"b\":1}")]
    [TestCase("\"\\u4e2d\\u001f\\/<&'\"", "\"中\\u001f/<&'\"")]
    [TestCase("{\"\\ud83d\\ude00\":1,\"\\ufb33\":2}", "{\"😀\":1,\"\uFB33\":2}", Description = "sorted by UTF-16 code units, RFC 8785 §3.2.3")]
    [TestCase("[-5, 9007199254740992]", "[-5,9007199254740992]")]
    public void Canonicalize_WhenValid_GivesTheOneForm(string json, string expected) =>
        Encoding.UTF8.GetString(CanonicalJson.Canonicalize(Encoding.UTF8.GetBytes(json))).ShouldBe(expected);

    [Test]
    public void Canonicalize_WhenAMemberIsTwice_Refuses() =>
        Should.Throw<JsonException>(() => CanonicalJson.Canonicalize("{\"a\":1,\"a\":1}"u8));

    [TestCase("\"\\ud800\"")]
    [TestCase("{\"\\udc00\":1}")]
    public void Canonicalize_WhenTextIsHalfACharacter_Refuses(string json) =>
        Should.Throw<JsonException>(() => CanonicalJson.Canonicalize(Encoding.UTF8.GetBytes(json)));

    [TestCase("1.5")]
    [TestCase("1e3")]
    [TestCase("9007199254740993")]
    public void Canonicalize_WhenNumberIsNoSafeInteger_Refuses(string json) =>
        Should.Throw<FormatException>(() => CanonicalJson.Canonicalize(Encoding.UTF8.GetBytes(json)));

    [Test]
    public void IsCanonical_WhenWhiteSpaceIsThere_IsFalse() => CanonicalJson.IsCanonical("{ }"u8).ShouldBeFalse();
}
