using System.Text;
using System.Text.RegularExpressions;
using CiCompliance.Diagnostics;
using CiCompliance.Publishing;

namespace CiCompliance.Core.Tests.Publishing;

public sealed partial class JobPublisherTests
{
    private const string Hostile = "x](https://evil.example) <img src=x onerror=alert(1)> @everyone\n# heading\n::error::pwned\n| a | b |\u202e\u001b[31m";

    private static readonly JobPlace Place = new("https://github.com", "acme/app", "https://github.com/acme/app/actions/runs/7/attempts/1");

    [Test]
    public void Publish_WritesSummaryAndOutputs_AndLeavesTheEvidenceAlone()
    {
        using var folder = new SealedFolder();
        var before = folder.Snapshot();

        var (summary, output) = Publish(folder);

        folder.Snapshot().ShouldBe(before);
        summary.ShouldStartWith("## May ship");
        summary.ShouldContain("| Log index | 42 |");
        var values = Outputs(output);
        values["verdict"].ShouldBe("pass");
        values["exit-code"].ShouldBe("0");
        values["deployable"].ShouldBe("true");
        values["log-index"].ShouldBe("42");
        values["rekor-uuid"].Length.ShouldBe(64);
        values["evidence-path"].ShouldBe(folder.Path);
        values["evidence-sha256"].Length.ShouldBe(64);
        values["digests"].ShouldContain("\"name\":\"app-linux-amd64\"");
    }

    [Test]
    public void Outputs_OfAHostilePath_CannotSetOthers()
    {
        using var folder = new SealedFolder();

        var (_, output) = Publish(folder, path: "/tmp/x\nverdict<<E\npass\nE\ndeployable=true");

        Outputs(output).Count.ShouldBe(10);
        Delimiter().Matches(output).Select(match => match.Value).Distinct().Count().ShouldBe(10);
    }

    [Test]
    public void Summary_OfHostileText_HasNoMarkupOfIt()
    {
        using var folder = new SealedFolder([.. Enumerable.Range(0, 20).Select(_ => Finding(Hostile, Hostile))], isSealed: false);

        var (summary, _) = Publish(folder);

        summary.ShouldStartWith("## Must not ship");
        // Inside a code span everything is text.
        var markup = CodeSpan().Replace(summary, "");
        CodeSpan().Count(summary).ShouldBeGreaterThan(20);
        markup.ShouldNotContain("<img");
        markup.ShouldNotContain("](https://evil");
        markup.ShouldNotContain("@everyone");
        summary.ShouldNotContain("\u202e");
        summary.ShouldNotContain("\u001b");
        summary.Split('\n').ShouldNotContain(line => line.StartsWith("# ", StringComparison.Ordinal) || line.StartsWith("::", StringComparison.Ordinal));
    }

    [Test]
    public void Summary_OfManyFindings_ListsThemAllAndLinksCommits()
    {
        var commit = new string('e', 40);
        using var folder = new SealedFolder([.. Enumerable.Range(0, 300).Select(n => Finding(n == 299 ? "commit " + commit : $"file-{n}", "what"))], isSealed: false);

        var (summary, _) = Publish(folder);

        summary.ShouldContain("All 300 findings");
        summary.ShouldContain("`file-298`");
        summary.ShouldContain($"[commit {commit}](https://github.com/acme/app/commit/{commit})");
    }

    [Test]
    public void Summary_OfMoreThanFits_StaysBelowTheLimit()
    {
        using var folder = new SealedFolder([.. Enumerable.Range(0, 6000).Select(n => Finding($"file-{n}", new string('汉', 400)))], isSealed: false);
        var already = new string('x', 300_000);

        var (summary, _) = Publish(folder, already);

        Encoding.UTF8.GetByteCount(summary).ShouldBeLessThanOrEqualTo(JobFiles.MaxSummaryBytes);
        summary.ShouldStartWith(already);
        summary.ShouldContain("more in report.html");
        summary.ShouldEndWith("</details>\n");
    }

    [Test]
    public void Summary_WithoutRoom_IsRefusedAndNotDropped()
    {
        using var folder = new SealedFolder();

        Should.Throw<CiComplianceException>(() => Publish(folder, new string('x', JobFiles.MaxSummaryBytes - 100))).Diagnostic.ShouldBe(PublishingDiagnostics.SummaryTooLarge);
    }

    [Test]
    public void CheckSummary_OfAnything_FitsACheckRun()
    {
        using var folder = new SealedFolder([.. Enumerable.Range(0, 100).Select(n => Finding($"{n}" + new string('汉', 3000), new string('汉', 5000)))], isSealed: false);
        using var publication = Published.Open(folder);

        SummaryText.ForCheck(publication, Place, Language.Chinese).Length.ShouldBeLessThanOrEqualTo(65_535);
    }

    [Test]
    public void Outputs_ThatCannotBeWritten_AreUndecided()
    {
        using var folder = new SealedFolder();
        using var publication = Published.Open(folder);

        Should.Throw<CiComplianceException>(() => JobPublisher.Publish(publication, new JobFiles(folder.Beside("summary"), folder.Beside("none/output")), Place, folder.Path, Language.English))
            .Diagnostic.ShouldBe(PublishingDiagnostics.NotWritten);
    }

    private static (string Summary, string Output) Publish(SealedFolder folder, string already = "", string? path = null)
    {
        var files = new JobFiles(folder.Beside("summary"), folder.Beside("output"));
        File.WriteAllText(files.Summary, already);
        using var publication = Published.Open(folder);
        JobPublisher.Publish(publication, files, Place, path ?? folder.Path, Language.English);
        return (File.ReadAllText(files.Summary), File.ReadAllText(files.Output));
    }

    private static Finding Finding(string origin, string what) => new(new Diagnostic("CIC1001", DiagnosticKind.NotCompliant, ""), origin, new(what, what), new("Sign it", "请签名"));

    /// <summary>Reads the file as the runner does.</summary>
    private static Dictionary<string, string> Outputs(string text)
    {
        var values = new Dictionary<string, string>();
        var lines = text.Split('\n');
        for (var n = 0; n < lines.Length - 1; n++)
        {
            var (name, delimiter) = (lines[n].Split("<<")[0], lines[n].Split("<<")[1]);
            var value = lines.Skip(n + 1).TakeWhile(line => line != delimiter).ToList();
            values.Add(name, string.Join('\n', value));
            n += value.Count + 1;
        }

        return values;
    }

    [GeneratedRegex("(?<!`)(`+)(?!`)[^\n]+?(?<!`)\\1(?!`)")]
    private static partial Regex CodeSpan();

    [GeneratedRegex("(?<=<<)cicompliance_[0-9a-f]{32}")]
    private static partial Regex Delimiter();
}
