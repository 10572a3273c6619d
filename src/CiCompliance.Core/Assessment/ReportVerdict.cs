namespace CiCompliance.Assessment;

/// <summary>The first screen of the report: may this ship, and if not, why.</summary>
internal static class ReportVerdict
{
    private const int MaxFindings = 200;

    public static void Banner(HtmlText html, AssessmentInput input, AssessmentRecord record)
    {
        var outcome = Outcomes.Of(record);
        var look = outcome switch
        {
            Outcome.MayShip => "pass",
            Outcome.MustNotShip => "fail",
            Outcome.Demonstration => "demonstration",
            _ => "undecided",
        };
        html.Markup("<div class=\"banner ").Markup(look).Markup("\">").Icon(look)
            .Markup("<div><h1>").Both(Outcomes.Headline(outcome)).Markup("</h1><p>").Both(Outcomes.Sentence(record)).Markup("</p></div></div>\n");
        html.Markup("<dl class=\"facts\">\n");
        Fact(html, "Repository", "仓库").Code(input.Run.Repository);
        Fact(html, "Commit", "提交").Code(input.Run.Commit);
        foreach (var output in input.Outputs.Take(8))
        {
            Fact(html, "Output", "产物").Code(output.Name).Text(" · ").Text(Wording.Size(output.Size));
        }

        Fact(html, "Finished", "完成时间").Both(Wording.Time(input.FinishedAt));
        Fact(html, "Run", "运行").Text(string.Join(" · ", new[] { input.Host.Name, input.Host.RunId, input.Host.Actor }.Where(part => !string.IsNullOrEmpty(part))));
        Fact(html, "Policy", "策略").Code("sha256:" + input.Run.Policy.Sha256).Markup("</dd>\n</dl>\n<p class=\"note\">")
            .Both("A self-check by the policy of this repository. Evidence supports clauses; it is not a 等级测评, and an assessor judges.",
                "依据本仓库策略的自查。证据仅对条款起支持作用，不是等级测评，最终由测评人员判定。")
            .Markup("</p>\n");
    }

    public static void Stages(HtmlText html, AssessmentInput input, AssessmentRecord record)
    {
        html.Markup("<section><h2>").Both("Stages", "各阶段结论").Markup("</h2>\n<div class=\"scroll\"><table>")
            .Head(("", "Stage", "阶段"), ("", "Verdict", "结论"), ("", "What", "说明"), ("number", "Time", "用时"));
        foreach (var line in StageLine.Of(input.Stages, record.MissingStages))
        {
            html.Markup("<tr><th scope=\"row\" class=\"nowrap\">").Both(line.Title).Markup("</th><td>").State(line.Verdict)
                .Markup("</td><td>").Both(line.Reason).Markup("</td><td class=\"number\">").Text(Wording.Duration(line.DurationMilliseconds)).Markup("</td></tr>\n");
        }

        html.Markup("</tbody></table></div></section>\n");
    }

    public static void Findings(HtmlText html, AssessmentInput input)
    {
        var findings = Ordered(input);
        if (findings.Count == 0)
        {
            return;
        }

        html.Markup("<section><h2>").Both("What to do", "需要处理的问题").Markup("</h2>\n");
        foreach (var (stage, finding) in findings.Take(MaxFindings))
        {
            var look = LookOf(finding.Diagnostic.Kind);
            html.Markup("<article class=\"finding ").Markup(look).Markup("\"><h3><span class=\"state ").Markup(look).Markup("\">").Icon(look)
                .Markup("</span> ").Code(finding.Origin).Markup(" <span class=\"where\">").Text(finding.Diagnostic.Code).Text(" · ").Both(Wording.Stage(stage))
                .Markup("</span></h3>\n<p>").Both(finding.What).Markup("</p>\n<p class=\"fix\">").Both(finding.Fix).Markup("</p></article>\n");
        }

        if (findings.Count > MaxFindings)
        {
            var more = findings.Count - MaxFindings;
            html.Markup("<p class=\"note\">").Both($"{more} more stand in evidence.json.", $"其余 {more} 项见 evidence.json。").Markup("</p>\n");
        }

        html.Markup("</section>\n");
    }

    /// <summary>What stops the build first, notices last; within a kind in the order of the stages.</summary>
    internal static IReadOnlyList<(string Stage, Finding Finding)> Ordered(AssessmentInput input) =>
        [.. input.Stages.SelectMany(stage => stage.Findings.Select(finding => (stage.Name, finding))).OrderBy(pair => pair.finding.Diagnostic.Kind switch
        {
            DiagnosticKind.NotCompliant => 0,
            DiagnosticKind.Notice => 2,
            _ => 1,
        })];

    private static HtmlText Fact(HtmlText html, string en, string zh)
    {
        var first = en == "Repository" ? "" : "</dd>\n";
        return html.Markup(first).Markup("<dt>").Both(en, zh).Markup("</dt><dd>");
    }

    private static string LookOf(DiagnosticKind kind) => kind switch
    {
        DiagnosticKind.NotCompliant => "fail",
        DiagnosticKind.Notice => "none",
        _ => "undecided",
    };
}
