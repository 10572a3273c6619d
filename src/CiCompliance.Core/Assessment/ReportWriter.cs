using System.Security.Cryptography;
using System.Text;

namespace CiCompliance.Assessment;

/// <summary>
/// <c>report.html</c>: one self-contained page, verdict first, in both languages. No script, no network, no font; its content security
/// policy allows exactly its own style. The same input gives the same bytes.
/// </summary>
public static class ReportWriter
{
    private static readonly string Style = Resource("report.css");
    private static readonly string Icons = Resource("report-icons.svg");
    private static readonly string StyleHash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)));

    /// <param name="language">Shown first; the reader can switch.</param>
    public static byte[] Write(AssessmentInput input, AssessmentRecord record, Language language)
    {
        var html = new HtmlText();
        Head(html, input, record, language);
        html.Markup("<main>\n");
        ReportVerdict.Banner(html, input, record);
        ReportVerdict.Stages(html, input, record);
        ReportVerdict.Findings(html, input);
        ReportClauses.Gaps(html, record);
        ReportClauses.Items(html, record);
        ReportClauses.Others(html, record);
        ReportEvidence.Files(html, input);
        ReportEvidence.Verification(html, input);
        html.Markup("</main>\n<footer><p>")
            .Both("Made by cicompliance ", "由 cicompliance 生成，版本 ").Text(input.Run.ToolVersion)
            .Both(". This page is a rendering; what is signed and logged is the evidence folder it lies in.", "。本页仅为呈现；经签名并入日志的是其所在的证据目录。")
            .Markup("</p></footer>\n</body>\n</html>\n");
        return html.ToUtf8();
    }

    private static void Head(HtmlText html, AssessmentInput input, AssessmentRecord record, Language language)
    {
        var headline = Outcomes.Headline(Outcomes.Of(record));
        var (lang, en, zh) = language == Language.Chinese ? ("zh-CN", "", " checked") : ("en", " checked", "");
        html.Markup($"""
            <!DOCTYPE html>
            <html lang="{lang}">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-{StyleHash}'; base-uri 'none'; form-action 'none'">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="referrer" content="no-referrer">
            <title>
            """).Text($"{headline.In(language)} · {input.Run.Repository} · {Short(input.Run.Commit)}").Markup($"""
            </title>
            <style>{Style}</style>
            </head>
            <body>
            {Icons}<input class="language-choice" type="radio" name="language" id="language-zh" aria-label="中文"{zh}>
            <input class="language-choice" type="radio" name="language" id="language-en" aria-label="English"{en}>
            <header><p><strong>CiCompliance</strong> 
            """).Both("self-check report", "自查报告").Markup("""
            </p>
            <div class="switch"><label for="language-zh" lang="zh">中文</label><label for="language-en" lang="en-GB">English</label></div></header>

            """);
    }

    internal static string Short(string commit) => commit.Length > 12 ? commit[..12] : commit;

    private static string Resource(string name)
    {
        using var stream = typeof(ReportWriter).Assembly.GetManifestResourceStream("CiCompliance.Assessment." + name)!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
