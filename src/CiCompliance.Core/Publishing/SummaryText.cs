using System.Text;
using CiCompliance.Assessment;

namespace CiCompliance.Publishing;

/// <summary>The verdict in Markdown for people who look at a run: failures first, the log entry, then every finding that fits.</summary>
internal static class SummaryText
{
    /// <summary>GitHub's limit for summary and text of a check run: 65 535 characters. Bytes are never fewer.</summary>
    public const int MaxCheckBytes = 65_535;

    // More than these are not shown by annotations; the list above them shows 50 at most.
    private const int ListedFrom = 10;
    private const int MaxLineText = 400;

    /// <summary>For the job's page.</summary>
    public static byte[] ForJob(Publication publication, JobPlace place, Language language, int maxBytes)
    {
        var head = Head(publication, place, language);
        var findings = publication.Findings;
        return findings.Count <= ListedFrom ? Cut(head, maxBytes) : Cut(head + All(findings, place, language, maxBytes - Encoding.UTF8.GetByteCount(head)), maxBytes);
    }

    /// <summary>For a check run: what is found stands in its annotations.</summary>
    public static string ForCheck(Publication publication, JobPlace place, Language language) =>
        Encoding.UTF8.GetString(Cut(Head(publication, place, language), MaxCheckBytes));

    /// <summary>One line for lists of checks.</summary>
    public static LocalizedText Title(Publication publication)
    {
        var headline = Held(publication) ?? Outcomes.Headline(Outcomes.Of(publication.Record));
        var (stopping, count) = (publication.Findings.Count(finding => finding.Diagnostic.Kind != DiagnosticKind.Notice), publication.Findings.Count);
        return new($"{headline.En}: {stopping} problems, {count - stopping} notices", $"{headline.Zh}:{stopping} 个问题,{count - stopping} 条提示");
    }

    /// <summary>What stands above a report that says better of the folder than may be believed of it; null where nothing has to.</summary>
    public static LocalizedText? Held(Publication publication) => publication is { Doubt: { } doubt } and not { Verdict: Verdict.Fail }
        ? new($"Do not deploy ({doubt.En})", $"不得部署({doubt.Zh})")
        : null;

    private static string Head(Publication publication, JobPlace place, Language language)
    {
        var text = new StringBuilder(Held(publication) is { } held ? $"## {held.In(language)}\n\n" : "")
            .Append(Encoding.UTF8.GetString(SummaryWriter.Write(publication.Input, publication.Record, language)));
        text.Append("\n| | |\n|---|---|\n");
        Row(text, new("Verdict", "结论"), publication.Verdict.ToWord(), language);
        Row(text, new("Commit", "提交"), publication.Run.Commit, language, place.CommitUrl(publication.Run.Commit));
        if (publication is { Seal: { } seal, Log: { } log })
        {
            Row(text, new("Transparency log", "透明日志"), $"{log.Origin} ({log.Kind})", language);
            Row(text, new("Log index", "日志序号"), $"{log.Index}", language);
            Row(text, new("Log entry UUID", "日志条目 UUID"), log.Uuid, language);
            Row(text, new("Seal", "封存"), $"sha256 {seal.Sha256} sm3 {seal.Sm3}", language);
        }
        else
        {
            Row(text, new("Seal", "封存"), new LocalizedText("none: nothing here is signed, and none of it counts as passed", "无:以下内容均未签名,不得视为通过").In(language), language);
        }

        return text.ToString();
    }

    private static string All(IReadOnlyList<Finding> findings, JobPlace place, Language language, int room)
    {
        var text = new StringBuilder("\n<details><summary>")
            .Append(new LocalizedText($"All {findings.Count} findings", $"全部 {findings.Count} 项发现").In(language)).Append("</summary>\n\n");
        var left = room - 1024 - text.Length;
        var shown = 0;
        foreach (var finding in findings)
        {
            var line = $"- **{MarkdownText.Of(finding.Diagnostic.Code)}** {Origin(finding, place)}: {MarkdownText.Of(SafeText.Line(finding.What.In(language), MaxLineText))}\n";
            left -= Encoding.UTF8.GetByteCount(line);
            if (left < 0)
            {
                break;
            }

            shown++;
            text.Append(line);
        }

        if (shown < findings.Count)
        {
            text.Append("- ").Append(new LocalizedText($"{findings.Count - shown} more in report.html", $"其余 {findings.Count - shown} 项见 report.html").In(language)).Append('\n');
        }

        return text.Append("\n</details>\n").ToString();
    }

    private static string Origin(Finding finding, JobPlace place) =>
        finding.Origin.Split(' ') is ["commit" or "tag", { Length: 40 or 64 } id] && id.All(char.IsAsciiHexDigitLower) && place.CommitUrl(id) is { } url
            ? $"[{finding.Origin}]({url})"
            : MarkdownText.Code(finding.Origin);

    private static void Row(StringBuilder text, LocalizedText name, string value, Language language, string? url = null)
    {
        var shown = MarkdownText.Of(value);
        text.Append("| ").Append(name.In(language)).Append(" | ").Append(url is null ? shown : $"[{shown}]({url})").Append(" |\n");
    }

    /// <summary>Whole lines only, so that no markup is left open but a table's.</summary>
    private static byte[] Cut(string text, int maxBytes)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        if (bytes.Length <= maxBytes)
        {
            return bytes;
        }

        var end = bytes.AsSpan(0, Math.Max(0, maxBytes)).LastIndexOf((byte)'\n');
        return end < 0 ? [] : bytes[..(end + 1)];
    }
}
