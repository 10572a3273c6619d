using System.Text.Json;
using CiCompliance.Policy;
using CiCompliance.Source;

namespace CiCompliance.Evidence.Verification;

/// <summary>What recorded commits change, from the recorded tree objects: <see cref="RangeChanges"/> without a repository. Safe for many threads.</summary>
internal sealed class RecordedChanges
{
    private readonly Dictionary<string, byte[]> trees = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> treeOf = new(StringComparer.Ordinal);
    private readonly GitObjectFormat format;

    /// <summary>Every object's id is checked: a parent with another tree would hide what a commit changes.</summary>
    /// <exception cref="Exception"><see cref="JsonException"/>, <see cref="FormatException"/>: a row is malformed, has another id, or there is too much.</exception>
    public RecordedChanges(Func<string, IEnumerable<byte[]>> lines, GitObjectFormat format)
    {
        this.format = format;
        var bytes = 0L;
        foreach (var row in lines(EvidencePaths.Trees).Select(line => TreeRow.Parse(line)))
        {
            if (GitObjectId.Compute(GitObjectType.Tree, row.Raw, format) != row.Oid || (bytes += row.Raw.Length) > RangeChanges.MaxBytes)
            {
                throw new LocalizedFormatException($"tree {row.Oid} does not have its id, or there are too many", $"树 {row.Oid} 与标识不符,或数量过多");
            }

            trees[row.Oid] = row.Raw;
        }

        foreach (var row in lines(EvidencePaths.Commits).Select(line => SignedObjectRow.Parse(line)))
        {
            AddCommit(row.Oid, row.Raw);
        }

        foreach (var row in lines(EvidencePaths.Ancestry).Select(line => AncestryRow.Parse(line)))
        {
            AddCommit(row.Oid, row.Raw);
        }
    }

    /// <exception cref="FormatException">A tree or parent is missing or malformed.</exception>
    public IReadOnlyDictionary<SignerRule, string> RulesTouched(CommitObject commit, SignerPolicy policy)
    {
        var parents = commit.Parents.Select(parent => treeOf.GetValueOrDefault(parent) ?? throw Missing(parent)).ToList();
        return policy.RulesTouched(visit => new TreeChanges(oid => trees.GetValueOrDefault(oid) ?? throw Missing(oid), format).Visit(commit.Tree, parents, visit));
    }

    private void AddCommit(string oid, byte[] raw) => treeOf[oid] = GitObjectId.Compute(GitObjectType.Commit, raw, format) == oid
        ? CommitObject.Parse(raw, format).Tree
        : throw new LocalizedFormatException($"the bytes of commit {oid} do not have its id", $"提交 {oid} 的内容与标识不符");

    private static LocalizedFormatException Missing(string oid) =>
        new($"object {oid}, which shows what is changed, is not recorded", $"缺少用于显示更改内容的对象 {oid}");
}
