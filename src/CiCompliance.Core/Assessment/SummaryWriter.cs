using System.Text;

namespace CiCompliance.Assessment;

/// <summary>
/// <c>summary.md</c>: the verdict in GitHub-flavoured Markdown, failures first, for job summaries and check runs. Bounded; texts from
/// outside can neither become markup nor mention people.
/// </summary>
public static class SummaryWriter
{
    /// <summary>GitHub takes 1 MiB a step; half of it leaves room for others.</summary>
    public const int MaxBytes = 512 << 10;

    private const int MaxFindings = 50;

    public static byte[] Write(AssessmentInput input, AssessmentRecord record, Language language)
    {
        var text = new StringBuilder();
        Head(text, input, record, language);
        Findings(text, input, language);
        Stages(text, input, record, language);
        Gaps(text, record, language);
        text.Append(In(language,
            "Self-check evidence. It supports clauses; it is not a 等级测评. Details: report.html in the evidence folder.",
            "自查证据，仅对条款起支持作用，不是等级测评。详见证据目录中的 report.html。")).Append('\n');
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static void Head(StringBuilder text, AssessmentInput input, AssessmentRecord record, Language language)
    {
        text.Append("## ").Append(Outcomes.Headline(Outcomes.Of(record)).In(language)).Append("\n\n")
            .Append(MarkdownText.Of(Outcomes.Sentence(record).In(language))).Append("\n\n")
            .Append(MarkdownText.Code(input.Run.Repository)).Append(" @ ").Append(MarkdownText.Code(ReportWriter.Short(input.Run.Commit)));
        foreach (var output in input.Outputs.Take(8))
        {
            text.Append("  \n").Append(MarkdownText.Code(output.Name)).Append(" sha256 ").Append(MarkdownText.Code(output.Digest.Sha256))
                .Append(" sm3 ").Append(MarkdownText.Code(output.Digest.Sm3));
        }

        text.Append("\n\n");
    }

    private static void Findings(StringBuilder text, AssessmentInput input, Language language)
    {
        var findings = ReportVerdict.Ordered(input);
        if (findings.Count == 0)
        {
            return;
        }

        text.Append("### ").Append(In(language, "What to do", "需要处理的问题")).Append("\n\n");
        var shown = 0;
        foreach (var (_, finding) in findings.Take(MaxFindings).TakeWhile(_ => Encoding.UTF8.GetByteCount(text.ToString()) < MaxBytes / 4))
        {
            shown++;
            text.Append("- **").Append(MarkdownText.Of(finding.Diagnostic.Code)).Append("** ").Append(MarkdownText.Code(finding.Origin)).Append(": ")
                .Append(MarkdownText.Of(finding.What.In(language))).Append(In(language, ". ", "。")).Append(MarkdownText.Of(finding.Fix.In(language))).Append('\n');
        }

        if (findings.Count > shown)
        {
            text.Append("- ").Append(In(language, $"{findings.Count - shown} more in report.html", $"其余 {findings.Count - shown} 项见 report.html")).Append('\n');
        }

        text.Append('\n');
    }

    private static void Stages(StringBuilder text, AssessmentInput input, AssessmentRecord record, Language language)
    {
        text.Append(In(language, "| Stage | Verdict | What | Time |", "| 阶段 | 结论 | 说明 | 用时 |")).Append("\n|---|---|---|---:|\n");
        foreach (var line in StageLine.Of(input.Stages, record.MissingStages).Take(32))
        {
            var verdict = Wording.Of(line.Verdict).In(language);
            text.Append("| ").Append(MarkdownText.Of(line.Title.In(language))).Append(" | ")
                .Append(line.Verdict is Verdict.Fail or Verdict.Undecided ? $"**{verdict}**" : verdict).Append(" | ")
                .Append(MarkdownText.Of(line.Reason.In(language))).Append(" | ").Append(Wording.Duration(line.DurationMilliseconds)).Append(" |\n");
        }

        text.Append('\n');
    }

    private static void Gaps(StringBuilder text, AssessmentRecord record, Language language)
    {
        var gaps = record.Gaps.Where(gap => !gap.Always).ToList();
        if (gaps.Count == 0)
        {
            return;
        }

        text.Append("### ").Append(In(language, "What this run does not show", "本次运行未能体现的内容")).Append("\n\n");
        foreach (var gap in gaps)
        {
            text.Append("- ").Append(MarkdownText.Of(language == Language.Chinese ? gap.Zh : gap.En)).Append('\n');
        }

        text.Append('\n');
    }

    private static string In(Language language, string en, string zh) => language == Language.Chinese ? zh : en;
}
