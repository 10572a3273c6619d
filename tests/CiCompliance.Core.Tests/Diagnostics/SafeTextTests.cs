using System.Globalization;
using CiCompliance.Diagnostics;

namespace CiCompliance.Core.Tests.Diagnostics;

public sealed class SafeTextTests
{
    [TestCase("", "")]
    [TestCase("plain 简体 é", "plain 简体 é")]
    [TestCase("a\nb\r\tc", "a\\nb\\r\\tc")]
    [TestCase("\x1b[31mred", "\\u001b[31mred")]
    [TestCase("\u009b31m", "\\u009b31m")]
    [TestCase("abc\u202etxt.exe", "abc\\u202etxt.exe")]
    [TestCase("zero\u200bwidth\u2028line", "zero\\u200bwidth\\u2028line")]
    [TestCase("ok 😀", "ok 😀")]
    [TestCase("tag\U000e0041", "tag\\udb40\\udc41")]
    [TestCase("not decoded: \ufffd", "not decoded: \\ufffd")]
    public void Line_ShowsWhatIsUnsafeAsEscapes(string text, string expected) => SafeText.Line(text).ShouldBe(expected);

    [Test]
    public void Line_WhenASurrogateStandsAlone_ShowsIt() => SafeText.Line("bad" + (char)0xd800 + "half").ShouldBe("bad\\ud800half");

    [TestCase("abcdef", 6, "abcdef")]
    [TestCase("abcdef", 5, "abcde…")]
    [TestCase("ab\u202ecd", 3, "ab\\u202e…")]
    [TestCase("😀😀", 1, "😀…", Description = "no character is cut in two")]
    public void Line_WhenTextIsLong_IsCut(string text, int maxLength, string expected) => SafeText.Line(text, maxLength).ShouldBe(expected);

    [TestCase("a.go:3:1: \x1b[1;31merror\x1b[0m\n\tx = 1", "a.go:3:1: error\n\tx = 1")]
    [TestCase("\x1b[中文\nnext", "[中文\nnext", Description = "an unfinished sequence takes no text with it")]
    [TestCase("\x1b]0;title\a", "]0;title\\u0007")]
    [TestCase("\x1b", "")]
    [TestCase("\x1b\u202e", "\\u202e")]
    [TestCase("over\rwritten \u2066 \u2029", "over\\rwritten \\u2066 \\u2029")]
    public void Lines_KeepsTheLayoutAlone(string text, string expected) => SafeText.Lines(text, 1000).ShouldBe(expected);

    [Test]
    public void EveryForm_OfEveryUnsafeCharacter_HasNoneLeft([Values(0, 1, 2)] int form)
    {
        for (var value = 0; value <= 0x10FFFF; value++)
        {
            var text = value is >= 0xD800 and <= 0xDFFF ? ((char)value).ToString() : char.ConvertFromUtf32(value);
            var shown = form switch { 0 => SafeText.Line(text), 1 => SafeText.Lines(text, 10), _ => SafeText.LogLine(text) };
            if (shown.EnumerateRunes().Any(rune => IsUnsafe(System.Text.Rune.GetUnicodeCategory(rune)) && !(form == 1 && rune.Value is '\n' or '\t'))
                || shown.Contains('\ufffd', StringComparison.Ordinal))
            {
                Assert.Fail($"U+{value:X4} stays");
            }
        }
    }

    [TestCase("::error::x")]
    [TestCase("  ::stop-commands::x")]
    [TestCase("\n::error::x")]
    public void LogLine_NeverBeginsACommand(string text) => SafeText.LogLine(text).TrimStart().ShouldNotStartWith("::");

    [TestCase("a ##[error]x", "##[")]
    [TestCase("##vso[task.setvariable]x", "##vso")]
    [TestCase("###[error]x", "##[")]
    public void LogLine_BreaksCommandsThatCountAnywhere(string text, string command) => SafeText.LogLine(text).ShouldNotContain(command);

    private static bool IsUnsafe(UnicodeCategory category) => category is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;
}
