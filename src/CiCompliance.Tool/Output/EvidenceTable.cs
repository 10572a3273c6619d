using System.Text;
using CiCompliance.Evidence.Verification;

namespace CiCompliance.Tool.Output;

/// <summary>Step 12: what was recomputed, what is attested only, what stayed undecided; the verdict last.</summary>
internal static class EvidenceTable
{
    private static readonly (Basis Basis, LocalizedText Title)[] Parts =
    [
        (Basis.Recomputed, new("Recomputed from the evidence and your keys", "由证据与您的密钥重新计算")),
        (Basis.Attested, new("Attested only", "仅为声明")),
        (Basis.Undecided, new("Undecided", "无法判定")),
    ];

    public static string Of(VerificationReport report, Language language)
    {
        var text = new StringBuilder();
        var width = TextWidth.OfColumn(report.Rows.Select(row => SafeText.Line(row.Id)));
        foreach (var (basis, title) in Parts)
        {
            var rows = report.Rows.Where(row => row.Basis == basis).ToList();
            if (rows.Count == 0)
            {
                continue;
            }

            text.Append(title.In(language)).Append('\n');
            foreach (var row in rows)
            {
                var verdict = basis == Basis.Attested ? "" : VerdictText.Of(row.Verdict).In(language);
                var line = $"  {row.Step,2}  {TextWidth.Pad(SafeText.Line(row.Id), width)}  {TextWidth.Pad(verdict, 15)}{SafeText.Line(row.Detail.In(language))}";
                text.Append(line.TrimEnd()).Append('\n');
            }
        }

        return text.Append(language == Language.Chinese ? "结论:" : "verdict: ").Append(VerdictText.Of(report.Verdict).In(language)).ToString();
    }
}
