using System.Text;
using CiCompliance.Pipeline;

namespace CiCompliance.Tool.Output;

/// <summary>Stages and their checks; the verdicts stand below one another.</summary>
internal static class StageTable
{
    /// <summary>The table, and the verdict of all below it.</summary>
    public static string Of(IReadOnlyList<StageResult> results, Language language)
    {
        var text = new StringBuilder();
        Append(text, results, language);
        var verdict = VerdictText.Of(results.Select(result => result.Verdict).Worst()).In(language);
        return text.Append(language == Language.Chinese ? "结论:" : "verdict: ").Append(verdict).Append('\n').ToString();
    }

    public static void Append(StringBuilder text, IReadOnlyList<StageResult> results, Language language)
    {
        var rows = results.SelectMany(result => result.Checks
            .Select(check => (Label: SafeText.Line("  " + check.Id), check.Verdict, Detail: check.Detail.In(language)))
            .Prepend((Label: SafeText.Line(result.Stage), result.Verdict, Detail: ""))).ToList();
        var width = TextWidth.OfColumn(rows.Select(row => row.Label));
        foreach (var (label, verdict, detail) in rows)
        {
            var line = $"{TextWidth.Pad(label, width)}  {TextWidth.Pad(VerdictText.Of(verdict).In(language), 15)}{SafeText.Line(detail)}";
            text.Append(line.TrimEnd()).Append('\n');
        }
    }
}
