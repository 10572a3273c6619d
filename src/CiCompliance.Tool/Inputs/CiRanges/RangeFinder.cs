using CiCompliance.Source;

namespace CiCompliance.Tool.Inputs.CiRanges;

/// <summary>The rules that every CI's events come down to.</summary>
internal sealed class RangeFinder(IRevisions revisions)
{
    /// <summary>A change that is proposed to, or lies on a branch of its own beside, a protected revision: everything since it left that.</summary>
    /// <param name="holder">The branch that <paramref name="protectedRevision"/> is the end of: what is on it already is judged as its commit.</param>
    public CiRange Beside(string commit, string protectedRevision, string? branch, LocalizedText why, string? holder = null)
    {
        var (tested, kept) = (revisions.Resolve(commit).Commit, Fetched(protectedRevision).Commit);
        var common = revisions.CommonAncestor(tested, kept)
            ?? throw CiRange.Unclear(commit, new($"it shares no history with {protectedRevision}", $"它与 {protectedRevision} 没有共同历史"));

        // What is on the protected branch already was judged when it went there; HEAD is judged always.
        return common == tested ? On(commit, tested, kept, branch ?? holder, why) : new(commit, common, kept, branch, why);
    }

    /// <summary>A push to a protected branch: everything since what it was before. A force push leaves that out, and is refused by the range itself.</summary>
    public CiRange Since(string commit, string before, string? branch, LocalizedText why)
    {
        if (revisions.Find(before) is null)
        {
            throw new CiComplianceException(SourceDiagnostics.BaseNotAncestor, $"commit {commit}",
                new($"what the branch was before, {before}, is not in the repository any more: it was force-pushed", $"该分支之前的提交 {before} 已不在仓库中:分支被强制推送"),
                new("Restore it; if the history was rewritten on purpose, verify all of it without --range", "请恢复该提交;若确系有意改写历史,请不带 --range 验证全部历史"));
        }

        return new(commit, before, before, branch, why);
    }

    /// <summary>Nothing came before: all history, and only policy and trust from outside.</summary>
    public static CiRange Whole(string commit, string? branch, LocalizedText why) => new(commit, null, null, branch, why);

    /// <summary>The full name of a tag, which must lead to the commit that the CI speaks of.</summary>
    public string Tag(string name, string? commit) =>
        revisions.Find("refs/tags/" + name) is { } found && (commit is null || found.Commit == commit)
            ? "refs/tags/" + name
            : throw CiRange.Unclear(name, new("the tag is not in this clone, or leads to another commit than the CI's", "该克隆中没有此标签,或其指向的提交与 CI 所述不同"));

    /// <summary>A protected branch that is a remote one of the clone.</summary>
    public static string Remote(string branch) => "refs/remotes/origin/" + branch;

    /// <summary>A commit that the protected branch holds already: itself, and its first parent sets the rules where the branch ends with it.</summary>
    private CiRange On(string commit, string tested, string kept, string? branch, LocalizedText why)
    {
        var parent = revisions.Parents(tested) is [var first, ..] ? first : null;
        return new(commit, parent, kept == tested ? parent : kept, branch, why);
    }

    private Revision Fetched(string revision) => revisions.Find(revision) ?? throw new CiComplianceException(SourceDiagnostics.UnknownRevision, revision,
        new("the protected revision is not in this clone", "该克隆中没有受保护的版本"),
        new("Fetch it: git fetch --unshallow --tags origin '+refs/heads/*:refs/remotes/origin/*'", "请获取:git fetch --unshallow --tags origin '+refs/heads/*:refs/remotes/origin/*'"));
}
