using System.Text;
using CiCompliance.Assessment;
using CiCompliance.Diagnostics;
using CiCompliance.Pipeline;
using CiCompliance.Testing;

namespace CiCompliance.Core.Tests.Assessment;

public sealed class VerdictTableTests
{
    [TestCase(Language.English)]
    [TestCase(Language.Chinese)]
    public void Render_WhenARunFailed_IsAsApproved(Language language)
    {
        var missing = AssessmentBuilder.Build(RunFixture.Failing).MissingStages;
        var table = VerdictTable.Render(RunFixture.Failing.Stages, missing, language, 100);

        Approved.ShouldMatch(Encoding.UTF8.GetBytes(table), $"verdicts.{(language == Language.Chinese ? "zh" : "en")}.txt");
    }

    [Test]
    public void Render_WhenWidthIsSmallOrLarge_AlignsEveryLine([Values(0, 40, 72, 100, 300)] int width, [Values] Language language)
    {
        var lines = VerdictTable.Render(RunFixture.Failing.Stages, language, width).TrimEnd('\n').Split('\n');

        lines.Select(DisplayWidth.Of).Distinct().Count().ShouldBe(1);
        lines.Select(DisplayWidth.Of).First().ShouldBeLessThanOrEqualTo(Math.Max(width, 80));
    }

    [Test]
    public void Render_WhenTextsAreHostile_PrintsNoControl()
    {
        var stage = RunFixture.Stage("source", 1, [new Check("source.commits", Verdict.Fail, new("\u001B[32mPassed\u001B[0m\r\nok", "\u202E通过\n"))]);
        var table = VerdictTable.Render([stage], Language.English);

        table.Count(c => c == '\n').ShouldBe(3);
        table.Any(c => char.IsControl(c) && c != '\n').ShouldBeFalse();
        table.ShouldContain("\\u001B[32mPassed");
    }

    [TestCase("abc", 3)]
    [TestCase("中文", 4)]
    [TestCase("，（）", 6)]
    [TestCase("e\u0301", 1)]
    [TestCase("한글", 4)]
    [TestCase("𠀀", 2, Description = "CJK extension B")]
    [TestCase("–…", 2)]
    public void DisplayWidth_WhenMeasured_CountsColumns(string text, int columns) => DisplayWidth.Of(text).ShouldBe(columns);

    [TestCase("中文字", 6, "中文字")]
    [TestCase("中文字", 5, "中文…")]
    [TestCase("中文字", 4, "中…")]
    [TestCase("abcdef", 4, "abc…")]
    public void Fit_WhenTextIsTooWide_CutsWholeCharacters(string text, int width, string expected) => DisplayWidth.Fit(text, width).ShouldBe(expected);
}
