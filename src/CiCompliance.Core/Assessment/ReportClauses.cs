namespace CiCompliance.Assessment;

/// <summary>Gaps, the three items and their clauses.</summary>
internal static class ReportClauses
{
    public static void Gaps(HtmlText html, AssessmentRecord record)
    {
        html.Markup("<section><h2>").Both("What this run does not show", "本次运行未能体现的内容").Markup("</h2>\n");
        List(html, record.Gaps.Where(gap => !gap.Always), "From how this run was set up", "源于本次运行的设置");
        List(html, record.Gaps.Where(gap => gap.Always), "True of every run", "任何运行均如此");
        html.Markup("</section>\n");
    }

    public static void Items(HtmlText html, AssessmentRecord record)
    {
        html.Markup("<section><h2>").Both("Three items and the clauses they bear on", "三个项目及相关条款").Markup("</h2>\n<p class=\"lead\">")
            .Both("Clauses in our own words, not the standard's text. \"Shall\", \"should\" and \"may\" are the standard's 应, 宜 and 可. \"Number\" says how its number is known: found in a secondary source, counted from one, or from memory.",
                "条款为转述，并非标准原文。应、宜、可为标准的要求程度。“编号”说明条款号的来历：二手资料所载、据其推算，或未经核对。")
            .Markup("</p>\n");
        foreach (var row in record.Items)
        {
            var item = AssessedItem.All.FirstOrDefault(known => known.Id == row.Id);
            html.Markup("<div class=\"item\"><div class=\"item-head\"><h3>").Both(row.TitleEn, row.TitleZh).Markup("</h3>").State(row.Verdict).Markup("</div>\n");
            if (item is not null)
            {
                html.Markup("<p>").Both(item.Question).Markup("<span class=\"small\">").Both(item.Caveat).Markup("</span></p>\n");
            }

            html.Markup("<p class=\"small\">").Both("Checks: ", "检查：").Code(string.Join("  ", row.Checks)).Markup("</p>\n");
            Table(html, row.Clauses.Select(id => record.Clauses.FirstOrDefault(clause => clause.Id == id)).OfType<ClauseRow>());
            html.Markup("</div>\n");
        }

        html.Markup("</section>\n");
    }

    public static void Others(HtmlText html, AssessmentRecord record)
    {
        var inItems = record.Items.SelectMany(item => item.Clauses).ToHashSet(StringComparer.Ordinal);
        html.Markup("<section><h2>").Both("Other clauses this run bears on", "其他相关条款").Markup("</h2>\n");
        Table(html, record.Clauses.Where(clause => !inItems.Contains(clause.Id)));
        html.Markup("</section>\n");
    }

    private static void List(HtmlText html, IEnumerable<GapRow> gaps, string en, string zh)
    {
        var rows = gaps.ToList();
        if (rows.Count == 0)
        {
            return;
        }

        html.Markup("<h3>").Both(en, zh).Markup("</h3>\n<ul class=\"gaps\">\n");
        foreach (var gap in rows)
        {
            html.Markup("<li>").Both(gap.En, gap.Zh).Markup("</li>\n");
        }

        html.Markup("</ul>\n");
    }

    private static void Table(HtmlText html, IEnumerable<ClauseRow> rows)
    {
        html.Markup("<div class=\"scroll\"><table class=\"clauses\">").Head(("", "Clause", "条款"), ("", "Asks · number", "要求 · 编号"), ("", "This run", "本次运行"),
            ("", "Evidence", "证据"), ("", "Still to be shown", "尚待体现"));
        foreach (var row in rows)
        {
            html.Markup("<tr><th scope=\"row\"><span class=\"small\">").Text(row.Standard).Markup("</span>")
                .Text(row.Number).Text(row.Number.Length == 0 ? "" : " ").Both(row.TitleEn, row.TitleZh)
                .Markup("<span class=\"small\">").Both(row.ParaphraseEn, row.ParaphraseZh).Markup("</span></th><td>")
                .Both(Wording.Of(row.Obligation)).Markup("<span class=\"small\">").Both(Wording.Of(row.Provenance)).Markup("</span></td><td>")
                .State(LookOf(row.Status), Wording.Of(row.Status)).Markup("</td><td>");
            foreach (var path in row.Evidence)
            {
                html.Code(path).Markup("<br>");
            }

            html.Markup(row.Evidence.Count == 0 ? "–</td><td>" : "</td><td>");
            StillToBeShown(html, row);
            html.Markup("</td></tr>\n");
        }

        html.Markup("</tbody></table></div>\n");
    }

    private static void StillToBeShown(HtmlText html, ClauseRow row)
    {
        var checks = row.Status == ClauseStatus.NotShown ? row.Checks : [];
        if (checks.Count > 0)
        {
            html.Both("Needs ", "需要 ").Code(string.Join(" ", checks)).Markup(row.OpenEn is null ? "" : "<br>");
        }

        if (row.OpenEn is { } en && row.OpenZh is { } zh)
        {
            html.Both(en, zh);
        }
        else if (checks.Count == 0)
        {
            html.Markup("–");
        }
    }

    private static string LookOf(ClauseStatus status) => status switch
    {
        ClauseStatus.Supported => "pass",
        ClauseStatus.Partly => "partly",
        ClauseStatus.Demonstrated => "demonstration",
        ClauseStatus.NotApplicable => "none",
        _ => "open",
    };
}
