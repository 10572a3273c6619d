using CiCompliance.Attestations;
using CiCompliance.Publishing;
using CiCompliance.Tool.Output;

namespace CiCompliance.Tool.Commands;

/// <summary>What was published, for people.</summary>
internal static class PublishText
{
    public static LocalizedText Of(Publication publication, IReadOnlyList<PublishedItem> items)
    {
        var verdict = VerdictText.Of(publication.Verdict);
        var demonstration = publication.Run.Mode == RunMode.Demonstration ? new LocalizedText("; DEMONSTRATION, must not ship", ";演示运行,不得交付") : default;
        var (written, kept) = (items.Count(item => !item.WasThere), items.Count(item => item.WasThere));
        var log = publication.Log is { } entry ? $"{entry.Index} {entry.Uuid}" : "-";
        var doubt = publication.Doubt is { } why ? new LocalizedText($", not deployable ({why.En})", $",不可部署({why.Zh})") : new(", deployable", ",可部署");
        return new(
            $"published: verdict {verdict.En}{doubt.En}{demonstration.En}; {written} written, {kept} there already; log {log}",
            $"已发布:结论{verdict.Zh}{doubt.Zh}{demonstration.Zh};写入 {written} 项,已存在 {kept} 项;日志 {log}");
    }
}
