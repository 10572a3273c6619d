using CiCompliance.Attestations;

namespace CiCompliance.Assessment;

/// <summary>Digests of outputs and evidence, and how to check them without this page.</summary>
internal static class ReportEvidence
{
    private const int MaxFiles = 2000;
    private const int MaxChecks = 1000;

    public static void Files(HtmlText html, AssessmentInput input)
    {
        html.Markup("<section><h2>").Both("Outputs and evidence", "产物与证据").Markup("</h2>\n");
        if (input.Outputs.Count > 0)
        {
            Table(html, input.Outputs, "Output", "产物");
        }

        Checks(html, input);
        html.Markup("<details><summary>").Both($"All {input.Evidence.Count} evidence files", $"全部 {input.Evidence.Count} 个证据文件").Markup("</summary>\n");
        Table(html, input.Evidence, "Evidence", "证据");
        html.Markup("</details></section>\n");
    }

    public static void Verification(HtmlText html, AssessmentInput input)
    {
        html.Markup("<section><h2>").Both("Check it yourself, offline", "自行离线核验").Markup("</h2>\n<p>")
            .Both("Do not believe this page. In the folder it lies in, with your own copy of cicompliance and your own trust store:",
                "请勿仅凭本页作出结论。在本页所在目录中，使用您自己的 cicompliance 与您自己的信任库：")
            .Markup("</p>\n<pre><code>");
        var lines = Command(input);
        for (var i = 0; i < lines.Count; i++)
        {
            html.Markup(i == 0 ? "" : " \\\n  ").Text(lines[i]);
        }

        html.Markup("</code></pre>\n<p class=\"lead\">")
            .Both("trust.json holds the keys you trust and must not come from this folder. Exit code 0: confirmed. 1: refuted. 2: usage. 3: could not be decided.",
                "trust.json 保存您信任的密钥，不得取自本目录。退出码 0：核实；1：不符；2：用法错误；3：无法判定。")
            .Markup("</p></section>\n");
    }

    /// <summary>The command, one option a line.</summary>
    internal static IReadOnlyList<string> Command(AssessmentInput input) =>
    [
        "cicompliance verify evidence .",
        "--trust /path/to/trust.json",
        $"--repository {Quote(input.Run.Repository)}",
        $"--commit {Quote(input.Run.Commit)}",
        .. input.Run.Mode == RunMode.Demonstration ? ["--allow-demonstration"] : Array.Empty<string>(),
    ];

    /// <summary>For a POSIX shell: people paste this.</summary>
    private static string Quote(string word) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '/' or ':')
            ? word
            : "'" + word.Replace("'", "'\\''", StringComparison.Ordinal) + "'";

    private static void Checks(HtmlText html, AssessmentInput input)
    {
        var checks = input.Stages.SelectMany(stage => stage.Checks).ToList();
        if (checks.Count == 0)
        {
            return;
        }

        html.Markup("<details><summary>").Both($"All {checks.Count} checks", $"全部 {checks.Count} 项检查").Markup("</summary>\n<div class=\"scroll\"><table>")
            .Head(("", "Check", "检查"), ("", "Verdict", "结论"), ("", "What", "说明"));
        foreach (var check in checks.Take(MaxChecks))
        {
            html.Markup("<tr><td>").Code(check.Id).Markup("</td><td>").State(check.Verdict).Markup("</td><td>").Both(check.Detail).Markup("</td></tr>\n");
        }

        html.Markup("</tbody></table></div></details>\n");
    }

    private static void Table(HtmlText html, IReadOnlyList<DigestedFile> files, string en, string zh)
    {
        html.Markup("<div class=\"scroll\"><table>").Head(("", en, zh), ("number", "Size", "大小"), ("", "Digests", "摘要"));
        foreach (var file in files.Take(MaxFiles))
        {
            html.Markup("<tr><th scope=\"row\">").Code(file.Name).Markup("</th><td class=\"number\">").Text(Wording.Size(file.Size))
                .Markup("</td><td>").Digests(file.Digest).Markup("</td></tr>\n");
        }

        html.Markup("</tbody></table></div>\n");
        if (files.Count > MaxFiles)
        {
            var more = files.Count - MaxFiles;
            html.Markup("<p class=\"note\">").Both($"{more} more stand in seal/manifest.json.", $"其余 {more} 个见 seal/manifest.json。").Markup("</p>\n");
        }
    }
}
