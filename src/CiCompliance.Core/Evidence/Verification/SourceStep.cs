using System.Collections.Concurrent;
using System.Text.Json;
using CiCompliance.Json;
using CiCompliance.Keys;
using CiCompliance.Source;

namespace CiCompliance.Evidence.Verification;

/// <summary>Step 8: object ids, the chain from HEAD to the base, every signature with the auditor's committer keys, the tree.</summary>
internal static class SourceStep
{
    private const int MaxLine = 32 << 20;
    private const int Batch = 512;

    /// <summary>The verified record and tree, for the steps that follow; null when they were refused.</summary>
    public static (SourceRecord Source, IReadOnlyList<GitTreeEntry> Tree)? Verify(VerificationContext context, CancellationToken cancellationToken)
    {
        if (context.Document(8, EvidencePaths.Source, bytes => SourceRecord.Parse(bytes)) is not { } source || !IsOfRun(context, source))
        {
            return null;
        }

        var format = GitObjectId.ParseFormat(source.ObjectFormat);
        VerifyCommits(context, source, format, cancellationToken);
        VerifyTag(context, source, format);
        return VerifyTree(context, source, format) is { } tree ? (source, tree) : null;
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

    private static void VerifyCommits(VerificationContext context, SourceRecord source, GitObjectFormat format, CancellationToken cancellationToken)
    {
        var committers = Committers(context);
        var wanted = new HashSet<string>(StringComparer.Ordinal) { source.Commit };
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var good = true;
        foreach (var batch in Lines(context, EvidencePaths.Commits).Chunk(Batch))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var judged = new (SignedObjectRow Row, CommitObject? Commit, LocalizedText? Problem, Diagnostic Diagnostic)[batch.Length];
            Parallel.ForEach(Partitioner.Create(0, batch.Length), range =>
            {
                for (var i = range.Item1; i < range.Item2; i++)
                {
                    judged[i] = Judge(batch[i], format, context, committers);
                }
            });
            foreach (var (row, commit, problem, diagnostic) in judged)
            {
                if (commit is null || problem is not null || !wanted.Contains(row.Oid) || !seen.Add(row.Oid))
                {
                    good = false;
                    context.Refuse(8, "source.commits", problem is null ? VerificationDiagnostics.Discontinuous : diagnostic, row.Oid,
                        problem ?? new("the commit stands twice or out of its place", "提交重复或位置不对"));
                    if (context.Findings.Count > 100)
                    {
                        return;
                    }

                    continue;
                }

                wanted.UnionWith(commit.Parents);
            }
        }

        if (good)
        {
            VerifyContinuity(context, source, format, wanted, seen);
        }
    }

    private static (SignedObjectRow, CommitObject?, LocalizedText?, Diagnostic) Judge(
        byte[] line, GitObjectFormat format, VerificationContext context, IReadOnlyList<TrustedKey> committers)
    {
        SignedObjectRow row;
        ObjectSignature signature;
        CommitObject commit;
        try
        {
            row = SignedObjectRow.Parse(line);
            commit = CommitObject.Parse(row.Raw);
            signature = commit.ReadSignature();
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            return (new("?", "", [], SignatureFormat.None, null, Verdict.Fail, null), null,
                new($"a line is malformed: {e.Problem().En}", $"某行格式不正确:{e.Problem().Zh}"), VerificationDiagnostics.BadFormat);
        }

        if (row.Type != GitObjectType.Commit || GitObjectId.Compute(GitObjectType.Commit, row.Raw, format) != row.Oid)
        {
            return (row, commit, new("its bytes do not have its id", "内容与标识不符"), VerificationDiagnostics.ObjectId);
        }

        if (signature.Format == SignatureFormat.None)
        {
            return (row, commit, new("it carries no signature", "没有签名"), VerificationDiagnostics.CommitRefused);
        }

        var answer = context.Services.Objects.Verify(signature.Format, signature.Armour.Span, signature.Payload.Span, committers);
        return answer.Verdict != Verdict.Pass ? (row, commit, answer.Detail, VerificationDiagnostics.CommitRefused)
            : row.Verdict != Verdict.Pass || row.KeyId != answer.KeyId 
                ? (row, commit, new("the recorded verdict is not the recomputed one", "记录的结论与重新计算的不符"), VerificationDiagnostics.VerdictDiffers)
            : (row, commit, null, VerificationDiagnostics.CommitRefused);
    }

    private static void VerifyContinuity(
        VerificationContext context, SourceRecord source, GitObjectFormat format, HashSet<string> wanted, HashSet<string> seen)
    {
        var before = BeforeBase(context, source, format);
        wanted.ExceptWith(seen);
        if (before is null)
        {
            return;
        }

        if (!seen.Contains(source.Commit) || seen.Count != source.Commits || wanted.FirstOrDefault(oid => !before.Contains(oid)) is { } gap)
        {
            context.Refuse(8, "source.commits", VerificationDiagnostics.Discontinuous, EvidencePaths.Commits,
                new("a parent lies neither in the range nor before its base, or rows are missing", "存在既不在范围内也不在起点之前的父提交,或缺少记录"));
            return;
        }

        // The last commit on any way down to the base is in the range, so a base that is an ancestor always is a parent that the rows lead to.
        if (source.Base is { } start && !wanted.Contains(start))
        {
            context.Refuse(8, "source.base", VerificationDiagnostics.Discontinuous, EvidencePaths.Commits,
                new($"no commit of the range has the base {start} as parent: it is no ancestor of the built commit", $"范围内没有任何提交以起点 {start} 为父提交:它不是所构建提交的祖先"));
            return;
        }

        context.Recomputed(8, "source.commits", new(
            $"{seen.Count} commits, each with its id and a signature by the auditor's keys", $"{seen.Count} 个提交,标识与签名均以审计方密钥核实"));
        if (source.Base is null)
        {
            VerifyBaseOfWhole(context, seen);
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
    private static void VerifyBaseOfWhole(VerificationContext context, HashSet<string> history)
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

    /// <summary>The base and what the ancestry rows show to lie before it. Null where those are refused.</summary>
    private static HashSet<string>? BeforeBase(VerificationContext context, SourceRecord source, GitObjectFormat format)
    {
        var before = new HashSet<string>(StringComparer.Ordinal);
        if (source.Base is null)
        {
            return before;
        }

        before.Add(source.Base);
        var parents = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var line in Lines(context, EvidencePaths.Ancestry))
        {
            try
            {
                var row = AncestryRow.Parse(line);
                if (GitObjectId.Compute(GitObjectType.Commit, row.Raw, format) != row.Oid)
                {
                    context.Refuse(8, "source.commits", VerificationDiagnostics.ObjectId, row.Oid, new("its bytes do not have its id", "内容与标识不符"));
                    return null;
                }

                parents[row.Oid] = CommitObject.Parse(row.Raw).Parents;
            }
            catch (Exception e) when (e is JsonException or FormatException)
            {
                context.Refuse(8, "source.commits", VerificationDiagnostics.BadFormat, EvidencePaths.Ancestry, e.Problem());
                return null;
            }
        }

        var queue = new Queue<string>([source.Base]);
        while (queue.TryDequeue(out var oid))
        {
            foreach (var parent in parents.GetValueOrDefault(oid, []).Where(before.Add))
            {
                queue.Enqueue(parent);
            }
        }

        return before;
    }

    /// <summary>The tag objects lead, one to the next, from the name that was built to the commit; each is signed.</summary>
    private static void VerifyTag(VerificationContext context, SourceRecord source, GitObjectFormat format)
    {
        var committers = Committers(context);
        string? name = null;
        var target = source.Commit;
        foreach (var row in Lines(context, EvidencePaths.Tags).Select(line => SignedObjectRow.Parse(line)).Reverse())
        {
            var tag = TagObject.Parse(row.Raw);
            var signature = tag.ReadSignature();
            if (row.Type != GitObjectType.Tag || GitObjectId.Compute(GitObjectType.Tag, row.Raw, format) != row.Oid || tag.Target != target
                || signature.Format == SignatureFormat.None || row.Verdict != Verdict.Pass
                || context.Services.Objects.Verify(signature.Format, signature.Armour.Span, signature.Payload.Span, committers).Verdict != Verdict.Pass)
            {
                context.Refuse(8, "source.tag", VerificationDiagnostics.CommitRefused, row.Oid,
                    new("the tag does not have its id, its target or a trusted signature", "标签的标识、所指对象或签名不可信"));
                return;
            }

            (name, target) = (tag.Name, row.Oid);
        }

        if (name != source.Tag)
        {
            context.Refuse(8, "source.tag", VerificationDiagnostics.CommitRefused, EvidencePaths.Tags,
                new("the tag objects do not lead to the recorded name", "标签对象与记录的名称不符"));
        }
        else if (name is not null)
        {
            context.Recomputed(8, "source.tag", new($"tag {name} is signed by the auditor's keys", $"标签 {name} 的签名以审计方密钥核实"));
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
