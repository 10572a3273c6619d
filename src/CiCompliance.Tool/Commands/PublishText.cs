using CiCompliance.Publishing;
using CiCompliance.Tool.Output;

namespace CiCompliance.Tool.Commands;

/// <summary>What was published, for people.</summary>
internal static class PublishText
{
    public static LocalizedText Of(Publication publication, IReadOnlyList<PublishedItem> items)
    {
        var verdict = VerdictText.Of(publication.Verdict);
        var (written, kept) = (items.Count(item => !item.WasThere), items.Count(item => item.WasThere));
        var log = publication.Log is { } entry ? $"{entry.Index} {entry.Uuid}" : "-";
        return new(
            $"published: verdict {verdict.En}; {written} written, {kept} there already; log {log}",
            $"已发布:结论{verdict.Zh};写入 {written} 项,已存在 {kept} 项;日志 {log}");
    }
}
