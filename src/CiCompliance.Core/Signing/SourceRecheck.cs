using System.Text.Json;
using CiCompliance.Evidence;
using CiCompliance.Evidence.Verification;
using CiCompliance.Json;
using CiCompliance.Keys;
using CiCompliance.Pipeline;
using CiCompliance.Source;

namespace CiCompliance.Signing;

/// <summary>
/// Before a key is opened: every recorded commit and tag is judged once more, from the recorded bytes, with the trust store and policy at hand.
/// </summary>
internal sealed class SourceRecheck(IObjectSignatureVerifier objects)
{
    private const int MaxRecord = 1 << 20;
    private const int MaxLine = 32 << 20;

    public SourceRecord Check(StageContext context, List<Finding> findings, CancellationToken cancellationToken)
    {
        var source = context.Evidence.Read(EvidencePaths.Source, MaxRecord, bytes => SourceRecord.Parse(bytes));
        var run = context.Run.Identity;
        if (source.Repository != run.Repository || source.Commit != run.Commit || source.Tree != run.Tree)
        {
            findings.Add(new(SigningDiagnostics.RunDiffers, EvidencePaths.Source,
                new("it records another repository, commit or tree than this run's", "其记录的仓库、提交或树与本次运行不符"),
                new("Run cicompliance verify commits again", "请重新运行 cicompliance verify commits")));
            return source;
        }

        CheckRows(context, source, findings, cancellationToken);
        return source;
    }

    private void CheckRows(StageContext context, SourceRecord source, List<Finding> findings, CancellationToken cancellationToken)
    {
        var judge = new ObjectJudge(objects, [.. context.Trust.With(KeyRole.Committer, context.Policy.Repository)], context.Policy.Source, context.Options.Branch);
        try
        {
            CheckAsked(context, source, judge, findings);
            void Refuse(Diagnostic diagnostic, string origin, LocalizedText what) => findings.Add(NotVerified(origin, what.En, what.Zh));
            new RecordedRange(source, name => Lines(context.Evidence, name), judge, Refuse).Verify(cancellationToken);
            RecordedTags.Verify(source, Lines(context.Evidence, EvidencePaths.Tags), judge, Refuse);
        }
        catch (Exception e) when (e is IOException or JsonException or FormatException)
        {
            findings.Add(NotVerified(EvidencePaths.Commits, $"the rows cannot be read ({e.Message})", $"无法读取记录({e.Message})"));
        }
    }

    /// <summary>What this job was asked to judge; an earlier job wrote the record, and has no say in that.</summary>
    private static void CheckAsked(StageContext context, SourceRecord source, ObjectJudge judge, List<Finding> findings)
    {
        if (source.Branch != context.Options.Branch)
        {
            findings.Add(NotVerified(EvidencePaths.Source, "it was judged for another branch", "其判定针对的是另一分支"));
        }

        // All of history covers every base.
        if (context.Options.Base is { } asked && source.Base is { } start && start != asked)
        {
            findings.Add(NotVerified(EvidencePaths.Source, $"the range begins at {start}, not at {asked}", $"范围起点为 {start},而非 {asked}"));
        }

        if (SourceRevision.TagOf(context.Options.Commit) is { } tag && judge.Policy.RulesTag(tag) && source.Tag != tag)
        {
            findings.Add(NotVerified(EvidencePaths.Source, $"the signed tag {tag} was not judged", $"未判定已签名标签 {tag}"));
        }
    }

    private static IEnumerable<byte[]> Lines(EvidenceFolder evidence, string name)
    {
        if (!evidence.Exists(name))
        {
            yield break;
        }

        using var file = evidence.OpenRead(name);
        foreach (var line in JsonLines.Read(file, MaxLine))
        {
            yield return line;
        }
    }

    private static Finding NotVerified(string origin, string en, string zh) => new(SigningDiagnostics.SourceNotVerified, origin,
        new($"not signed, because the source is not verified: {en}", $"未签名,源代码未通过验证:{zh}"),
        new("Run cicompliance run from the beginning and look at what the source stage says", "请从头运行 cicompliance run 并查看 source 阶段的结果"));
}
