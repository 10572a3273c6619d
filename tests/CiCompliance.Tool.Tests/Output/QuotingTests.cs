using CiCompliance.Diagnostics;
using CiCompliance.Tool.Output;

namespace CiCompliance.Tool.Tests.Output;

public sealed class QuotingTests
{
    [Test]
    public void Annotation_EscapesWhatWouldEndIt()
    {
        var finding = new Finding(new("CIC1001", DiagnosticKind.NotCompliant, "a: b, c"), "x%0A::error::y\n::error::z", new("100%", "-"), new("do", "-"));

        WorkflowCommand.Annotation(finding, Language.English)
            .ShouldBe("::error title=CIC1001 a%3A b%2C c::x%250A::error::y\\n::error::z : error CIC1001: 100%25. do");
    }

    [TestCase("/a/b-c_1.json", "/a/b-c_1.json")]
    [TestCase("/a b/it's", "'/a b/it'\\''s'")]
    [TestCase("", "''")]
    [TestCase("$(reboot)", "'$(reboot)'")]
    [TestCase("abc\u202etxt", "$'abc\\xe2\\x80\\xaetxt'")]
    [TestCase("a\nb\x1b", "$'a\\x0ab\\x1b'")]
    public void ShellQuote_GivesOneSafeWord(string word, string expected) => ShellQuote.Word(word).ShouldBe(expected);
}
