using System.Text;

namespace CiCompliance.Assessment;

/// <summary>The table that <c>run</c> ends with: plain text for terminals and CI logs, aligned for Chinese too.</summary>
public static class VerdictTable
{
    private const int MinReason = 20;
    private const string Gap = "  ";

    /// <param name="width">Columns of the terminal; long reasons are cut to it.</param>
    /// <returns>Lines that end with a newline; no colour, no control characters.</returns>
    public static string Render(IReadOnlyList<StageOutcome> stages, Language language, int width = 100) => Render(stages, [], language, width);

    /// <param name="missing">Required stages that left no result.</param>
    public static string Render(IReadOnlyList<StageOutcome> stages, IReadOnlyList<string> missing, Language language, int width)
    {
        var head = language == Language.Chinese ? new[] { "阶段", "结论", "说明", "用时" } : ["STAGE", "VERDICT", "WHAT", "TIME"];
        var rows = StageLine.Of(stages, missing)
            .Select(line => new[] { line.Title.In(language), Wording.Of(line.Verdict).In(language), line.Reason.In(language), Wording.Duration(line.DurationMilliseconds) })
            .ToList();
        var widths = Enumerable.Range(0, 4).Select(column => rows.Append(head).Max(row => DisplayWidth.Of(row[column]))).ToArray();
        widths[2] = Math.Min(widths[2], Math.Max(MinReason, width - widths[0] - widths[1] - widths[3] - (3 * Gap.Length)));

        var text = new StringBuilder();
        AppendRow(text, head, widths);
        AppendRow(text, [.. widths.Select(column => new string('-', column))], widths);
        foreach (var row in rows)
        {
            AppendRow(text, row, widths);
        }

        return text.ToString();
    }

    private static void AppendRow(StringBuilder text, string[] row, int[] widths)
    {
        for (var column = 0; column < 3; column++)
        {
            text.Append(DisplayWidth.PadRight(DisplayWidth.Fit(row[column], widths[column]), widths[column])).Append(Gap);
        }

        text.Append(' ', Math.Max(0, widths[3] - DisplayWidth.Of(row[3]))).Append(row[3]).Append('\n');
    }
}
