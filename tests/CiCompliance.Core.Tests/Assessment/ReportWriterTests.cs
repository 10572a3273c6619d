using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using CiCompliance.Assessment;
using CiCompliance.Attestations;
using CiCompliance.Diagnostics;
using CiCompliance.Pipeline;
using CiCompliance.Testing;

namespace CiCompliance.Core.Tests.Assessment;

public sealed partial class ReportWriterTests
{
    private static readonly string[] Hostile =
    [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'/><svg onload=alert(1)>", "</style><style>*{display:none}</style>", "</title><base href=//evil>",
        "--><!-- ", "&lt;b&gt;", "\u202Egpj.exe\u2066", "\u001B[2J\u0007", "\r\nX: y\n\n", "\0", "\uD800", new string('A', 100_000), "]]>", "<!--", "javascript:alert(1)",
    ];

    [TestCase("pass", Language.Chinese)]
    [TestCase("fail", Language.English)]
    [TestCase("undecided", Language.Chinese)]
    [TestCase("demonstration", Language.English)]
    public void Write_WhenGivenARun_IsAsApproved(string name, Language language)
    {
        var input = Input(name);

        Approved.ShouldMatch(ReportWriter.Write(input, AssessmentBuilder.Build(input), language), $"report.{name}.html");
    }

    [TestCase("pass", "May ship", "可以发布")]
    [TestCase("fail", "Must not ship", "不得发布")]
    [TestCase("undecided", "Could not decide", "无法判定")]
    [TestCase("demonstration", "DEMONSTRATION", "演示运行")]
    public void Write_WhenGivenARun_SaysFirstWhetherItMayShip(string name, string en, string zh)
    {
        var page = Page(Input(name));

        Heading().Match(page).Groups[1].Value.ShouldBe($"<span lang=\"en\">{en}</span><span lang=\"zh-CN\">{zh}</span>");
        Heading().Count(page).ShouldBe(1);
    }

    [Test]
    public void Write_WhenADemonstrationFailed_IsStillADemonstration()
    {
        var page = Page(RunFixture.Failing with { Run = RunFixture.Demonstration.Run });

        Heading().Match(page).Groups[1].Value.ShouldContain("DEMONSTRATION");
        page.ShouldContain("Its checks did not pass.");
    }

    [Test]
    public void Write_WhenTextsAreHostile_HasTheSameTagsAsItsTwin([ValueSource(nameof(Hostile))] string hostile)
    {
        var page = Page(With(hostile));

        Tags(page).ShouldBe(Tags(Page(With(hostile.Length > 1000 ? new string('B', hostile.Length) : "harmless"))));
        page.All(c => c == '\n' || c is >= ' ' and not '\u007F').ShouldBeTrue();
        page.ShouldNotContain('\u202E');
        Encoding.UTF8.GetByteCount(page).ShouldBeLessThan(400_000);
    }

    [Test]
    public void Write_WhenACommitWouldRunInAShell_QuotesIt()
    {
        var page = Page(RunFixture.Passing with { Run = RunFixture.Passing.Run with { Commit = "$(id)';id #" } });

        page.ShouldContain("--commit &#39;$(id)&#39;\\&#39;&#39;;id #&#39;");
    }

    [Test]
    public void Write_WhenShown_LoadsNothing()
    {
        var page = Page(RunFixture.Failing);

        page.ShouldNotContain("<script", Case.Insensitive);
        page.ShouldNotContain("url(", Case.Insensitive);
        page.ShouldNotContain(" style=", Case.Insensitive);
        page.ShouldNotContain("@import", Case.Insensitive);
        Reference().Matches(page).ShouldAllBe(match => match.Groups[1].Value.StartsWith("#icon-", StringComparison.Ordinal));
    }

    [Test]
    public void Write_WhenShown_AllowsExactlyItsOwnStyle()
    {
        var page = Page(RunFixture.Passing);
        var style = Style().Match(page).Groups[1].Value;

        page.ShouldContain($"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(style)))}'");
    }

    [TestCase("pass")]
    [TestCase("fail")]
    [TestCase("undecided")]
    [TestCase("demonstration")]
    public void Write_WhenRead_ClosesEveryElementInOrder(string name)
    {
        var open = new Stack<string>();
        foreach (var tag in Tags(Page(Input(name))))
        {
            var element = ElementName().Match(tag).Groups[1].Value;
            if (tag.StartsWith("</", StringComparison.Ordinal))
            {
                open.Pop().ShouldBe(element, tag);
            }
            else if (!tag.EndsWith("/>", StringComparison.Ordinal) && element is not ("meta" or "input" or "br" or ""))
            {
                open.Push(element);
            }
        }

        open.ShouldBeEmpty();
    }

    [Test]
    public void Write_WhenThereAreThousandsOfFindings_StaysReadable()
    {
        var finding = RunFixture.Failing.Stages[1].Findings[0];
        var stage = RunFixture.Failing.Stages[1] with { Findings = [.. Enumerable.Repeat(finding, 20_000)] };
        var page = Page(RunFixture.Failing with { Stages = [stage] });

        page.ShouldContain("19800 more stand in evidence.json.");
        page.Length.ShouldBeLessThan(400_000);
    }

    internal static AssessmentInput Input(string name) => name switch
    {
        "pass" => RunFixture.Passing,
        "fail" => RunFixture.Failing,
        "undecided" => RunFixture.Undecided,
        _ => RunFixture.Demonstration,
    };

    /// <summary>A failing run in which every text that comes from outside is the same one.</summary>
    internal static AssessmentInput With(string text)
    {
        var both = new LocalizedText(text + "e", text + "z");
        var finding = new Finding(new Diagnostic(text, DiagnosticKind.NotCompliant, text), text, both, both);
        return RunFixture.Failing with
        {
            Run = new RunIdentity(text, text, text, text, new(text, text), RunMode.Production, text),
            Host = new HostFacts(text, text, text, 1),
            Stages = [new StageOutcome(text, Verdict.Fail, 5, [new Check(text, Verdict.Fail, both)], [finding, finding]), new StageOutcome(text + "2", Verdict.Pass, 5, [new Check(text, Verdict.Pass, both)], [])],
            Outputs = [new DigestedFile(text, 1, new(text, text))],
            Evidence = [new DigestedFile(text, 1, new(text, text))],
        };
    }

    private static string Page(AssessmentInput input) => Encoding.UTF8.GetString(ReportWriter.Write(input, AssessmentBuilder.Build(input), Language.English));

    private static List<string> Tags(string page) => [.. Tag().Matches(Style().Replace(page, "")).Select(match => match.Value)];

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();

    [GeneratedRegex("</?([a-z0-9]*)")]
    private static partial Regex ElementName();

    [GeneratedRegex("<h1>(.*?)</h1>")]
    private static partial Regex Heading();

    [GeneratedRegex("<style>(.*?)</style>", RegexOptions.Singleline)]
    private static partial Regex Style();

    [GeneratedRegex("(?:href|src)=\"([^\"]*)\"")]
    private static partial Regex Reference();
}
