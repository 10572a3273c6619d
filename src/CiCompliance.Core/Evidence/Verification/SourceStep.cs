using System.Text.Json;
using CiCompliance.Json;
using CiCompliance.Keys;
using CiCompliance.Policy;
using CiCompliance.Source;

namespace CiCompliance.Evidence.Verification;

/// <summary>Step 8: object ids, the chain from HEAD to the base, every signature with the auditor's committer keys, the tree.</summary>
internal static class SourceStep
{
    private const int MaxLine = 32 << 20;

    /// <summary>The verified record and tree, for the steps that follow; null when they were refused.</summary>
    public static (SourceRecord Source, IReadOnlyList<GitTreeEntry> Tree)? Verify(VerificationContext context, CancellationToken cancellationToken)
    {
        if (context.Document(8, EvidencePaths.Source, bytes => SourceRecord.Parse(bytes)) is not { } source || !IsOfRun(context, source))
        {
            return null;
        }

        if (context.Document(8, EvidencePaths.PolicyApplied, bytes => CompliancePolicy.Parse(bytes)) is not { } policy)
        {
            return null;
        }

        var format = GitObjectId.ParseFormat(source.ObjectFormat);
        var judge = new ObjectJudge(context.Services.Objects, Committers(context), policy.Source, source.Branch);
        VerifyBranch(context, policy, source);
        VerifyCommits(context, source, judge, cancellationToken);
        VerifyTag(context, policy, source, judge);
        return VerifyTree(context, source, format) is { } tree ? (source, tree) : null;
    }

    /// <summary>Which branch was judged is the run's word, unless the auditor says it.</summary>
    private static void VerifyBranch(VerificationContext context, CompliancePolicy policy, SourceRecord source)
    {
        if (context.Expected.Branch is { } expected && source.Branch != expected)
        {
            context.Refuse(8, "source.branch", VerificationDiagnostics.NotExpected, EvidencePaths.Source,
                new($"the rules were applied for the branch {source.Branch ?? "?"}, not {expected}", $"规则所适用的分支为 {source.Branch ?? "?"},而非 {expected}"));
        }
        else if (context.Expected.Branch is null && policy.Source.Rules.Any(rule => rule.Branches.Count > 0))
        {
            context.Attested(8, "source.branch", new(
                $"the rules were applied for the branch {source.Branch ?? "?"}; give --branch to expect it", $"规则按分支 {source.Branch ?? "?"} 适用;可用 --branch 指定预期"));
        }
    }

    private static bool IsOfRun(VerificationContext context, SourceRecord source)
    {
        var run = context.Run;
        if (source.Repository != run.Repository || source.Commit != run.Commit || source.Tree != run.Tree)
        {
            context.Refuse(8, "source", VerificationDiagnostics.AnotherRunsStatement, EvidencePaths.Source,
                new("repository, commit or tree is not the run's", "仓库、提交或树与本次运行不符"));
            return false;
        }

        if (source.ObjectFormat is not ("sha1" or "sha256"))
        {
            context.Refuse(8, "source", VerificationDiagnostics.BadFormat, EvidencePaths.Source, new("unknown object format", "未知对象格式"));
            return false;
        }

        if (context.Expected.Base is { } expectedBase && source.Base is { } given && given != expectedBase)
        {
            context.Refuse(8, "source.base", VerificationDiagnostics.NotExpected, EvidencePaths.Source,
                new($"the range begins at {given}, not at {expectedBase}", $"范围起点为 {given},而非 {expectedBase}"));
            return false;
        }

        return true;
    }

    private static void VerifyCommits(VerificationContext context, SourceRecord source, ObjectJudge judge, CancellationToken cancellationToken)
    {
        var range = new RecordedRange(source, name => Lines(context, name), judge,
            (diagnostic, origin, what) => context.Refuse(8, "source.commits", diagnostic, origin, what));
        if (!range.Verify(cancellationToken))
        {
            return;
        }

        context.Recomputed(8, "source.commits", new(
            $"{range.Count} commits, each with its id and a signature by the auditor's keys", $"{range.Count} 个提交,标识与签名均以审计方密钥核实"));
        if (source.Base is null)
        {
            VerifyBaseOfWhole(context, range);
        }
        else if (context.Expected.Base == source.Base)
        {
            context.Recomputed(8, "source.base", new($"the range begins after {source.Base}, as expected", $"范围起点 {source.Base} 与预期一致"));
        }
        else
        {
            context.Attested(8, "source.base", new(
                $"history up to {source.Base} is taken as good by the run; give --base to expect it", $"{source.Base} 之前的历史由运行方认定;可用 --base 指定预期"));
        }
    }

    /// <summary>The whole history covers the auditor's base where that is one of its commits: all of them lead to the built one.</summary>
    private static void VerifyBaseOfWhole(VerificationContext context, RecordedRange history)
    {
        if (context.Expected.Base is not { } expected)
        {
            context.Recomputed(8, "source.base", new("the range is the whole history", "范围为全部历史"));
        }
        else if (history.Contains(expected))
        {
            context.Recomputed(8, "source.base", new($"the range is the whole history and covers {expected}", $"范围为全部历史,包含 {expected}"));
        }
        else
        {
            context.Refuse(8, "source.base", VerificationDiagnostics.NotExpected, EvidencePaths.Source,
                new($"{expected} is no ancestor of the built commit", $"{expected} 不是所构建提交的祖先"));
        }
    }

    /// <summary>Which tag was built, if one, is the run's word unless the auditor says it; its signatures are not.</summary>
    private static void VerifyTag(VerificationContext context, CompliancePolicy policy, SourceRecord source, ObjectJudge judge)
    {
        if (!RecordedTags.Verify(source, Lines(context, EvidencePaths.Tags), judge, (diagnostic, origin, what) => context.Refuse(8, "source.tag", diagnostic, origin, what)))
        {
            return;
        }

        if (context.Expected.Tag is { } expected && source.Tag != expected)
        {
            context.Refuse(8, "source.tag", VerificationDiagnostics.NotExpected, EvidencePaths.Source,
                new($"it was made for {(source.Tag is null ? "no tag" : "the tag " + source.Tag)}, not for {expected}", $"它针对的标签为 {source.Tag ?? "无"},而非 {expected}"));
        }
        else if (source.Tag is { } name)
        {
            context.Recomputed(8, "source.tag", new($"tag {name} is signed by the auditor's keys", $"标签 {name} 的签名以审计方密钥核实"));
        }
        else if (policy.Source.Rules.Any(rule => rule.Tags.Count > 0))
        {
            context.Attested(8, "source.tag", new("no tag was judged, and rules of the policy are about tags; give --tag to expect one", "未判定标签,而策略中有关于标签的规则;可用 --tag 指定预期"));
        }
    }

    private static IReadOnlyList<GitTreeEntry>? VerifyTree(VerificationContext context, SourceRecord source, GitObjectFormat format)
    {
        if (context.Snapshot.Find(EvidencePaths.Tree) is not { } file)
        {
            context.Refuse(8, "source.tree", VerificationDiagnostics.Missing, EvidencePaths.Tree, new("the file is missing", "文件缺失"));
            return null;
        }

        try
        {
            var entries = GitTree.ParseListing(file.ReadWhole(GitTree.MaxListingBytes), format);
            var commitTree = FirstCommitTree(context);
            if (GitTree.ComputeId(entries, format) != source.Tree || commitTree != source.Tree)
            {
                context.Refuse(8, "source.tree", VerificationDiagnostics.TreeDiffers, EvidencePaths.Tree,
                    new("the listing does not give the tree id of the commit", "列表计算出的树标识与提交不符"));
                return null;
            }

            context.Recomputed(8, "source.tree", new($"{entries.Count} entries give tree {source.Tree}", $"{entries.Count} 个条目得出树 {source.Tree}"));
            return entries;
        }
        catch (FormatException e)
        {
            context.Refuse(8, "source.tree", VerificationDiagnostics.BadFormat, EvidencePaths.Tree, e.Problem());
            return null;
        }
    }

    private static string? FirstCommitTree(VerificationContext context)
    {
        try
        {
            return Lines(context, EvidencePaths.Commits).FirstOrDefault() is { } line ? CommitObject.Parse(SignedObjectRow.Parse(line).Raw).Tree : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The auditor's committer keys. A compromise later than the proved time does not touch what was there before.</summary>
    private static IReadOnlyList<TrustedKey> Committers(VerificationContext context) =>
        [.. context.Trust.With(KeyRole.Committer, context.Run.Repository).Select(key =>
            key.Revocation is { Reason: RevocationReason.Compromised } revocation && context.ProvedTime < revocation.At ? key with { Revocation = null } : key)];

    private static IEnumerable<byte[]> Lines(VerificationContext context, string name)
    {
        if (context.Snapshot.Find(name) is not { } file)
        {
            yield break;
        }

        using var stream = file.OpenStream();
        foreach (var line in JsonLines.Read(stream, MaxLine))
        {
            yield return line;
        }
    }
}
