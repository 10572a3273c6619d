using System.Text;
using CiCompliance.Attestations;
using CiCompliance.Pipeline;

namespace CiCompliance.Tool.Output;

/// <summary>The answer of a run for people: a row per stage, then where to look and how to verify.</summary>
internal static class RunText
{
    public static LocalizedText Of(IReadOnlyList<StageResult> results, RunIdentity identity, string? report, string digest, string? verifyCommand) =>
        new(In(Language.English, results, identity, report, digest, verifyCommand), In(Language.Chinese, results, identity, report, digest, verifyCommand));

    private static string In(Language language, IReadOnlyList<StageResult> results, RunIdentity identity, string? report, string digest, string? verifyCommand)
    {
        var text = new StringBuilder();
        StageTable.Append(text, results, language);
        var verdict = VerdictText.Of(results.Select(result => result.Verdict).Worst()).In(language);
        var demonstration = identity.Mode == RunMode.Demonstration ? new LocalizedText(" (DEMONSTRATION)", "(演示)").In(language) : "";
        text.Append(new LocalizedText("verdict: ", "结论:").In(language)).Append(verdict).Append(demonstration).Append('\n');
        if (report is not null)
        {
            text.Append(new LocalizedText("report: ", "报告:").In(language)).Append(SafeText.Line(report)).Append('\n');
        }

        text.Append(new LocalizedText("folder digest: ", "目录摘要:").In(language)).Append(digest).Append('\n');
        if (verifyCommand is not null)
        {
            text.Append(new LocalizedText("verify offline:\n", "离线验证:\n").In(language)).Append(verifyCommand).Append('\n');
        }

        return text.ToString();
    }
}
