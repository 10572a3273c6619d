using CiCompliance.Diagnostics;
using CiCompliance.Tool.Output;

namespace CiCompliance.Tool.Tests.Output;

public sealed class SafeTextTests
{
    [TestCase("plain 简体 é", "plain 简体 é")]
    [TestCase("a\nb\r\tc", "a\\nb\\r\\tc")]
    [TestCase("\x1b[31mred", "\\u001b[31mred")]
    [TestCase("\u009b31m", "\\u009b31m")]
    [TestCase("abc\u202etxt.exe", "abc\\u202etxt.exe")]
    [TestCase("zero\u200bwidth\u2028line", "zero\\u200bwidth\\u2028line")]
    [TestCase("ok 😀", "ok 😀")]
    [TestCase("tag\U000e0041", "tag\\udb40\\udc41")]
    public void Line_ShowsWhatIsUnsafeAsEscapes(string text, string expected) => SafeText.Line(text).ShouldBe(expected);

    [TestCase("::error::x")]
    [TestCase("  ::stop-commands::x")]
    [TestCase("\n::error::x")]
    public void LogLine_NeverBeginsACommand(string text) => SafeText.LogLine(text).TrimStart().ShouldNotStartWith("::");

    [TestCase("a ##[error]x", "##[")]
    [TestCase("##vso[task.setvariable]x", "##vso")]
    [TestCase("###[error]x", "##[")]
    public void LogLine_BreaksCommandsThatCountAnywhere(string text, string command) => SafeText.LogLine(text).ShouldNotContain(command);

    [Test]
    public void Annotation_EscapesWhatWouldEndIt()
    {
        var finding = new Finding(new("CIC1001", DiagnosticKind.NotCompliant, "a: b, c"), "x%0A::error::y\n::error::z", new("100%", "-"), new("do", "-"));

        WorkflowCommand.Annotation(finding, Language.English)
            .ShouldBe("::error title=CIC1001 a%3A b%2C c::x%250A::error::y\\n::error::z : error CIC1001: 100%25. do");
    }

    [Test]
    public void Line_WhenASurrogateStandsAlone_ShowsIt() => SafeText.Line("bad" + (char)0xd800 + "half").ShouldBe("bad\\ud800half");

    [TestCase("/a/b-c_1.json", "/a/b-c_1.json")]
    [TestCase("/a b/it's", "'/a b/it'\\''s'")]
    [TestCase("", "''")]
    [TestCase("$(reboot)", "'$(reboot)'")]
    [TestCase("a\nb\x1b", "$'a\\x0ab\\x1b'")]
    public void ShellQuote_GivesOneSafeWord(string word, string expected) => ShellQuote.Word(word).ShouldBe(expected);

    [Test]
    public void TextWidth_CountsChineseTwice()
    {
        TextWidth.Of("通过ok").ShouldBe(6);
        TextWidth.Cut("通过ok", 3).ShouldBe("通");
    }
}
