using System.Text;
using CiCompliance.Assessment;
using CiCompliance.Diagnostics;
using CiCompliance.Testing;

namespace CiCompliance.Core.Tests.Assessment;

public sealed class SummaryWriterTests
{
    [TestCase("pass", Language.English)]
    [TestCase("fail", Language.Chinese)]
    [TestCase("undecided", Language.English)]
    [TestCase("demonstration", Language.Chinese)]
    public void Write_WhenGivenARun_IsAsApproved(string name, Language language) =>
        Approved.ShouldMatch(Encoding.UTF8.GetBytes(Summary(ReportWriterTests.Input(name), language)), $"summary.{name}.md");

    [Test]
    public void Write_WhenSomethingFailed_SaysSoBeforeTheTable()
    {
        var summary = Summary(RunFixture.Failing);

        summary.ShouldStartWith("## Must not ship\n");
        summary.IndexOf("CIC1001", StringComparison.Ordinal).ShouldBeLessThan(summary.IndexOf("| Stage |", StringComparison.Ordinal));
    }

    [TestCase("# heading\n## more")]
    [TestCase("a | b |\n|---|---|")]
    [TestCase("<img src=x onerror=alert(1)>")]
    [TestCase("[click](https://evil.example)")]
    [TestCase("![x](https://evil.example/p.png)")]
    [TestCase("https://evil.example www.evil.example")]
    [TestCase("@octocat #1 org/repo#1")]
    [TestCase("``` `code` ``")]
    [TestCase("**bold** __x__ ~~y~~")]
    [TestCase("\u202Eabc\u001B[0m")]
    [TestCase("::error::injected\n::set-output name=x::y")]
    [TestCase("$x^2$")]
    public void Write_WhenTextsAreHostile_HasTheSameLinesAsItsTwin(string hostile)
    {
        var summary = Summary(ReportWriterTests.With(hostile));
        var outsideCode = summary.Replace($"`{hostile}`", "", StringComparison.Ordinal);

        summary.Split('\n').Length.ShouldBe(Summary(ReportWriterTests.With("harmless")).Split('\n').Length);
        summary.ShouldNotContain('\u001B');
        summary.ShouldNotContain('\u202E');
        Table(summary).ShouldBe(Table(Summary(ReportWriterTests.With("harmless"))), "columns stay columns");
        outsideCode.Split('\n').ShouldAllBe(line => !line.StartsWith("::", StringComparison.Ordinal));
    }

    [TestCase("@octocat", "@<!-- -->octocat")]
    [TestCase("https://evil.example", "https\\://evil.example")]
    [TestCase("www.evil.example", "www\\.evil.example")]
    [TestCase("a*b_c`d`<e>&", "a\\*b\\_c\\`d\\`&lt;e&gt;&amp;")]
    [TestCase("[a](b)", "\\[a\\](b)")]
    [TestCase("no: :smile:", "no: \\:smile:")]
    [TestCase("a\nb", "a\\\\nb")]
    public void Of_WhenTextIsMarkup_ShowsIt(string text, string expected) => MarkdownText.Of(text).ShouldBe(expected);

    [TestCase("plain", "`plain`")]
    [TestCase("a`b", "``a`b``")]
    [TestCase("``", "``` `` ```")]
    [TestCase("", "`  `")]
    public void Code_WhenTextHoldsFences_UsesALongerOne(string text, string expected) => MarkdownText.Code(text).ShouldBe(expected);

    [Test]
    public void Write_WhenFindingsAreManyAndLong_StaysBounded()
    {
        var finding = RunFixture.Failing.Stages[1].Findings[0] with { What = new(new string('@', 50_000), new string('@', 50_000)), Origin = new string('中', 50_000) };
        var stage = RunFixture.Failing.Stages[1] with { Findings = [.. Enumerable.Repeat(finding, 5000)] };
        var summary = Summary(RunFixture.Failing with { Stages = [stage] });

        Encoding.UTF8.GetByteCount(summary).ShouldBeLessThan(SummaryWriter.MaxBytes);
        summary.ShouldContain("more in report.html");
    }

    private static List<int> Table(string summary) =>
        [.. summary.Split('\n').Where(line => line.StartsWith('|')).Select(line => line.Replace("\\|", "", StringComparison.Ordinal).Count(c => c == '|'))];

    private static string Summary(AssessmentInput input, Language language = Language.English) =>
        Encoding.UTF8.GetString(SummaryWriter.Write(input, AssessmentBuilder.Build(input), language));
}
