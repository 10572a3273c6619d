using CiCompliance.Policy;

namespace CiCompliance.Source;

/// <summary>Which rules with paths the commits of a range touch, and from which tree objects that was seen. For one thread.</summary>
internal sealed class RangeChanges(IGitRepository repository, SignerPolicy policy)
{
    private const int MaxTrees = 1_000_000;

    private readonly HashSet<string> trees = new(StringComparer.Ordinal);

    /// <summary>Ids of the tree objects, each once.</summary>
    public IReadOnlyCollection<string> TreesRead => trees;

    /// <exception cref="CiComplianceException">Reading failed, a malformed tree (CIC1015), or more than allowed (CIC1016).</exception>
    public IReadOnlySet<SignerRule> RulesTouched(GitObject commit)
    {
        var parsed = CommitWalk.Parse(commit);
        var parents = parsed.Parents.Select(parent => CommitWalk.Parse(repository.Read(parent, CommitWalk.MaxCommitBytes)).Tree).ToList();
        try
        {
            return policy.RulesTouched(visit => new TreeChanges(Read, repository.Format).Visit(parsed.Tree, parents, visit));
        }
        catch (FormatException e)
        {
            throw SourceFailures.Malformed($"commit {commit.Oid}", e.Message);
        }
    }

    private byte[] Read(string oid)
    {
        if (trees.Add(oid) && trees.Count > MaxTrees)
        {
            throw SourceFailures.TooLarge($"tree {oid}", new($"the range's commits change more than {MaxTrees} folders", $"该范围的提交更改的目录超过 {MaxTrees} 个"));
        }

        var tree = repository.Read(oid, GitTreeReader.MaxTreeBytes);
        return tree.Type == GitObjectType.Tree ? tree.Raw : throw SourceFailures.Malformed($"tree {oid}", $"it is a {tree.Type}");
    }
}
