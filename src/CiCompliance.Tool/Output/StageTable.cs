using System.Text;
using CiCompliance.Pipeline;

namespace CiCompliance.Tool.Output;

/// <summary>One stage and its checks.</summary>
internal static class StageTable
{
    public static void Append(StringBuilder text, StageResult result, Language language)
    {
        Row(text, result.Stage, result.Verdict, "", language);
        foreach (var check in result.Checks)
        {
            Row(text, "  " + check.Id, check.Verdict, check.Detail.In(language), language);
        }
    }

    private static void Row(StringBuilder text, string name, Verdict verdict, string detail, Language language)
    {
        var line = TextWidth.Pad(SafeText.Line(name), 34) + " " + TextWidth.Pad(VerdictText.Of(verdict).In(language), 15) + SafeText.Line(detail);
        text.Append(line.TrimEnd()).Append('\n');
    }
}
