using System.Text.Json;
using CiCompliance.Evidence;
using CiCompliance.Json;
using CiCompliance.Keys;
using CiCompliance.Pipeline;
using CiCompliance.Source;

namespace CiCompliance.Signing;

/// <summary>
/// Before a key is opened: every recorded commit passed, and HEAD's own signature is verified once more, with the trust store at hand,
/// from the recorded bytes.
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
        var rows = 0L;
        var headSeen = false;
        try
        {
            using var file = File.OpenRead(context.Evidence.PathOf(EvidencePaths.Commits));
            foreach (var line in JsonLines.Read(file, MaxLine))
            {
                cancellationToken.ThrowIfCancellationRequested();
                var row = SignedObjectRow.Parse(line);
                rows++;
                if (row.Verdict != Verdict.Pass)
                {
                    findings.Add(NotVerified(row.Oid, "its recorded verdict is not a pass", "其记录的结论不是通过"));
                    return;
                }

                if (row.Oid == source.Commit)
                {
                    headSeen = true;
                    CheckHead(context, source, row, findings);
                }
            }
        }
        catch (Exception e) when (e is IOException or JsonException or FormatException)
        {
            findings.Add(NotVerified(EvidencePaths.Commits, $"the rows cannot be read ({e.Message})", $"无法读取记录({e.Message})"));
            return;
        }

        if (!headSeen || rows != source.Commits)
        {
            findings.Add(NotVerified(EvidencePaths.Commits, "rows are missing, HEAD's among them or others", "缺少记录(HEAD 或其他提交)"));
        }
    }

    private void CheckHead(StageContext context, SourceRecord source, SignedObjectRow row, List<Finding> findings)
    {
        var commit = CommitObject.Parse(row.Raw);
        if (GitObjectId.Compute(GitObjectType.Commit, row.Raw, GitObjectId.ParseFormat(source.ObjectFormat)) != source.Commit || commit.Tree != source.Tree)
        {
            findings.Add(NotVerified(row.Oid, "its recorded bytes are those of another commit", "其记录内容属于其他提交"));
            return;
        }

        var signature = commit.ReadSignature();
        if (signature.Format is SignatureFormat.None or SignatureFormat.Unknown)
        {
            findings.Add(NotVerified(row.Oid, "it carries no signature that can be judged", "没有可判定的签名"));
            return;
        }

        var answer = objects.Verify(signature.Format, signature.Armour.Span, signature.Payload.Span,
            [.. context.Trust.With(KeyRole.Committer, context.Policy.Repository)]);
        if (answer.Verdict != Verdict.Pass)
        {
            findings.Add(NotVerified(row.Oid, answer.Detail.En, answer.Detail.Zh));
        }
    }

    private static Finding NotVerified(string origin, string en, string zh) => new(SigningDiagnostics.SourceNotVerified, origin,
        new($"not signed, because the source is not verified: {en}", $"未签名,源代码未通过验证:{zh}"),
        new("Run cicompliance run from the beginning and look at what the source stage says", "请从头运行 cicompliance run 并查看 source 阶段的结果"));
}
