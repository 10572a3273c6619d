using System.Text;
using CiCompliance.Diagnostics;
using CiCompliance.Pipeline;
using CiCompliance.Tool.Output;

namespace CiCompliance.Tool.Tests.Output;

public sealed class TableTests
{
    [Test]
    public void StageTable_WhenALabelIsLong_KeepsTheVerdictsBelowOneAnother([Values] Language language)
    {
        var lines = Lines(language, "binary.relro[healthcheck-linux-amd64]", "source.commits", "中文.检查");

        lines.Select(line => TextWidth.Of(line[..line.IndexOf(language == Language.Chinese ? "不通过" : "fail", StringComparison.Ordinal)])).Distinct().ShouldBe([41]);
        lines[1].ShouldStartWith($"  binary.relro[healthcheck-linux-amd64]  {(language == Language.Chinese ? "不通过" : "fail")}");
    }

    [Test]
    public void StageTable_WhenALabelHasNoBound_IsPushedAsideAloneAndWhole()
    {
        var label = "binary.relro[" + new string('x', 500) + "]";
        var lines = Lines(Language.English, label, "binary.pie");

        lines[1].ShouldStartWith($"  {label}  fail");
        lines[2].ShouldStartWith("  binary.pie  fail");
    }

    [Test]
    public void StageTable_WhenTextsAreHostile_PrintsNoControl()
    {
        var lines = Lines(Language.English, "a\u001B[32mPassed\u001B[0m\r\nok\u202E", "b");

        lines.Length.ShouldBe(3);
        lines.ShouldAllBe(line => !line.Any(SafeText.IsUnsafe));
        lines[1].ShouldContain("\\u001b[32mPassed");
        lines[1].ShouldContain("\\u202e  fail");
    }

    [TestCase("abc", 3)]
    [TestCase("中文", 4)]
    [TestCase("通过ok", 6)]
    [TestCase("，（）", 6)]
    [TestCase("e\u0301", 1)]
    [TestCase("한글", 4)]
    [TestCase("𠀀", 2, Description = "CJK extension B")]
    [TestCase("🚀", 2)]
    [TestCase("–…", 2)]
    public void TextWidth_WhenMeasured_CountsColumns(string text, int columns) => TextWidth.Of(text).ShouldBe(columns);

    [TestCase("中文字", 6, "中文字")]
    [TestCase("中文字", 5, "中文…")]
    [TestCase("中文字", 4, "中…")]
    [TestCase("通过ok", 3, "通…")]
    [TestCase("abcdef", 4, "abc…")]
    public void Fit_WhenTextIsTooWide_CutsWholeCharacters(string text, int columns, string expected) => TextWidth.Fit(text, columns).ShouldBe(expected);

    private static string[] Lines(Language language, params string[] ids)
    {
        var text = new StringBuilder();
        StageTable.Append(text, [new StageResult("binary", [.. ids.Select(id => new Check(id, Verdict.Fail, new("detail\u001B[0m", "详情\u001B[0m")))], [])], language);
        return text.ToString().TrimEnd('\n').Split('\n');
    }
}
