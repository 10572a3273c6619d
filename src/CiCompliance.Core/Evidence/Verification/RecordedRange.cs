using System.Collections.Concurrent;
using System.Text.Json;
using CiCompliance.Source;

namespace CiCompliance.Evidence.Verification;

/// <summary>
/// The commits that the source stage recorded, judged again from their own bytes: ids, the chain from HEAD to the base, every signature, every
/// rule. Nothing of what the rows claim is believed.
/// </summary>
/// <param name="lines">The lines of a file of the folder; none where it is missing.</param>
/// <param name="refuse">Gets every fault: its diagnostic (CIC22nn), the object or file, and what is wrong.</param>
internal sealed class RecordedRange(
    SourceRecord source, Func<string, IEnumerable<byte[]>> lines, ObjectJudge judge, Action<Diagnostic, string, LocalizedText> refuse)
{
    private const int Batch = 512;
    private const int MaxFaults = 100;

    private readonly GitObjectFormat format = GitObjectId.ParseFormat(source.ObjectFormat);
    private readonly HashSet<string> seen = new(StringComparer.Ordinal);

    /// <summary>Ids of the range's commits, once it is verified.</summary>
    public IReadOnlySet<string> Commits => seen;

    /// <returns>Whether nothing was refused.</returns>
    public bool Verify(CancellationToken cancellationToken)
    {
        try
        {
            var changes = judge.Policy.NeedsChanges ? new RecordedChanges(lines, format) : null;
            return VerifyCommits(changes, cancellationToken) is { } wanted && VerifyContinuity(wanted);
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            refuse(VerificationDiagnostics.BadFormat, EvidencePaths.Commits, e.Problem());
            return false;
        }
    }

    /// <summary>The commits and all of their parents; null where one was refused.</summary>
    private HashSet<string>? VerifyCommits(RecordedChanges? changes, CancellationToken cancellationToken)
    {
        var wanted = new HashSet<string>(StringComparer.Ordinal) { source.Commit };
        var faults = 0;
        foreach (var batch in lines(EvidencePaths.Commits).Chunk(Batch))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var judged = new Judged[batch.Length];
            Parallel.ForEach(Partitioner.Create(0, batch.Length), part =>
            {
                for (var i = part.Item1; i < part.Item2; i++)
                {
                    judged[i] = Judge(batch[i], changes);
                }
            });
            foreach (var (oid, commit, diagnostic, problem) in judged)
            {
                if (commit is not null && problem is null && wanted.Contains(oid) && seen.Add(oid))
                {
                    wanted.UnionWith(commit.Parents);
                    continue;
                }

                refuse(diagnostic ?? VerificationDiagnostics.Discontinuous, oid, problem ?? new("the commit stands twice or out of its place", "提交重复或位置不对"));
                if (++faults > MaxFaults)
                {
                    return null;
                }
            }
        }

        return faults == 0 ? wanted : null;
    }

    private Judged Judge(byte[] line, RecordedChanges? changes)
    {
        try
        {
            var row = SignedObjectRow.Parse(line);
            var commit = CommitObject.Parse(row.Raw);
            if (row.Type != GitObjectType.Commit || GitObjectId.Compute(GitObjectType.Commit, row.Raw, format) != row.Oid)
            {
                return new(row.Oid, commit, VerificationDiagnostics.ObjectId, new("its bytes do not have its id", "内容与标识不符"));
            }

            if (row.Oid == source.Commit && commit.Tree != source.Tree)
            {
                return new(row.Oid, commit, VerificationDiagnostics.TreeDiffers, new($"its tree is not {source.Tree}", $"其树不是 {source.Tree}"));
            }

            var answer = judge.Judge(commit, changes?.RulesTouched(commit, judge.Policy));
            return answer.Verdict != Verdict.Pass ? new(row.Oid, commit, VerificationDiagnostics.CommitRefused, answer.Detail)
                : row.Verdict != Verdict.Pass || !row.KeyIds.SequenceEqual(answer.Signers.Select(signer => signer.KeyId))
                    ? new(row.Oid, commit, VerificationDiagnostics.VerdictDiffers, new("the recorded verdict is not the recomputed one", "记录的结论与重新计算的不符"))
                : new(row.Oid, commit, null, null);
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            return new("?", null, VerificationDiagnostics.BadFormat, new($"a line is malformed: {e.Problem().En}", $"某行格式不正确:{e.Problem().Zh}"));
        }
    }

    private bool VerifyContinuity(HashSet<string> wanted)
    {
        if (BeforeBase() is not { } before)
        {
            return false;
        }

        wanted.ExceptWith(seen);
        if (!seen.Contains(source.Commit) || seen.Count != source.Commits || wanted.Any(oid => !before.Contains(oid)))
        {
            refuse(VerificationDiagnostics.Discontinuous, EvidencePaths.Commits,
                new("a parent lies neither in the range nor before its base, or rows are missing", "存在既不在范围内也不在起点之前的父提交,或缺少记录"));
            return false;
        }

        // The last commit on any way down to the base is in the range, so a base that is an ancestor always is a parent that the rows lead to.
        if (source.Base is { } start && !wanted.Contains(start))
        {
            refuse(VerificationDiagnostics.Discontinuous, EvidencePaths.Commits,
                new($"no commit of the range has the base {start} as parent: it is no ancestor of the built commit", $"范围内没有任何提交以起点 {start} 为父提交:它不是所构建提交的祖先"));
            return false;
        }

        return true;
    }

    /// <summary>The base and what the ancestry rows show to lie before it. Null where those are refused.</summary>
    private HashSet<string>? BeforeBase()
    {
        var before = new HashSet<string>(StringComparer.Ordinal);
        if (source.Base is null)
        {
            return before;
        }

        before.Add(source.Base);
        var parents = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var row in lines(EvidencePaths.Ancestry).Select(line => AncestryRow.Parse(line)))
        {
            if (GitObjectId.Compute(GitObjectType.Commit, row.Raw, format) != row.Oid)
            {
                refuse(VerificationDiagnostics.ObjectId, row.Oid, new("its bytes do not have its id", "内容与标识不符"));
                return null;
            }

            parents[row.Oid] = CommitObject.Parse(row.Raw).Parents;
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

    private readonly record struct Judged(string Oid, CommitObject? Commit, Diagnostic? Diagnostic, LocalizedText? Problem);
}
