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
    /// <summary>Every commit of the range and every parent of one; true for the commits.</summary>
    private readonly Dictionary<GitOid, bool> known = [];

    /// <summary>How many commits the range has, once it is verified.</summary>
    public long Count { get; private set; }

    /// <summary>Whether the range holds this commit.</summary>
    /// <param name="oid">Of any form.</param>
    public bool Contains(string oid) => GitObjectId.IsValid(oid, format) && known.GetValueOrDefault(GitOid.Parse(oid));

    /// <returns>Whether nothing was refused.</returns>
    public bool Verify(CancellationToken cancellationToken)
    {
        try
        {
            var changes = judge.Policy.NeedsChanges ? new RecordedChanges(lines, format) : null;
            return VerifyCommits(changes, cancellationToken) && VerifyContinuity();
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            refuse(VerificationDiagnostics.BadFormat, EvidencePaths.Commits, e.Problem());
            return false;
        }
    }

    private bool VerifyCommits(RecordedChanges? changes, CancellationToken cancellationToken)
    {
        known[GitOid.Parse(source.Commit)] = false;
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
                if (commit is not null && problem is null && known.TryGetValue(GitOid.Parse(oid), out var isSeen) && !isSeen)
                {
                    known[GitOid.Parse(oid)] = true;
                    Count++;
                    foreach (var parent in commit.Parents)
                    {
                        known.TryAdd(GitOid.Parse(parent), false);
                    }

                    continue;
                }

                refuse(diagnostic ?? VerificationDiagnostics.Discontinuous, oid, problem ?? new("the commit stands twice or out of its place", "提交重复或位置不对"));
                if (++faults > MaxFaults)
                {
                    return false;
                }
            }
        }

        return faults == 0;
    }

    private Judged Judge(byte[] line, RecordedChanges? changes)
    {
        try
        {
            var row = SignedObjectRow.Parse(line);
            var commit = CommitObject.Parse(row.Raw, format);
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

    private bool VerifyContinuity()
    {
        if (BeforeBase() is not { } before)
        {
            return false;
        }

        if (!Contains(source.Commit) || Count != source.Commits || known.Any(pair => !pair.Value && !before.Contains(pair.Key)))
        {
            refuse(VerificationDiagnostics.Discontinuous, EvidencePaths.Commits,
                new("a parent lies neither in the range nor before its base, or rows are missing", "存在既不在范围内也不在起点之前的父提交,或缺少记录"));
            return false;
        }

        // The last commit on any way down to the base is in the range, so a base that is an ancestor always is a parent that the rows lead to.
        if (source.Base is { } start && known.GetValueOrDefault(GitOid.Parse(start), true))
        {
            refuse(VerificationDiagnostics.Discontinuous, EvidencePaths.Commits,
                new($"no commit of the range has the base {start} as parent: it is no ancestor of the built commit", $"范围内没有任何提交以起点 {start} 为父提交:它不是所构建提交的祖先"));
            return false;
        }

        return true;
    }

    /// <summary>The base and what the ancestry rows show to lie before it. Null where those are refused.</summary>
    private HashSet<GitOid>? BeforeBase()
    {
        var before = new HashSet<GitOid>();
        if (source.Base is null)
        {
            return before;
        }

        var start = GitOid.Parse(source.Base);
        before.Add(start);
        var parents = new Dictionary<GitOid, List<GitOid>>();
        foreach (var row in lines(EvidencePaths.Ancestry).Select(line => AncestryRow.Parse(line)))
        {
            if (GitObjectId.Compute(GitObjectType.Commit, row.Raw, format) != row.Oid)
            {
                refuse(VerificationDiagnostics.ObjectId, row.Oid, new("its bytes do not have its id", "内容与标识不符"));
                return null;
            }

            parents[GitOid.Parse(row.Oid)] = [.. CommitObject.Parse(row.Raw, format).Parents.Select(GitOid.Parse)];
        }

        var queue = new Queue<GitOid>([start]);
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
