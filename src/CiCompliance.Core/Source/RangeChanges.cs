using CiCompliance.Policy;

namespace CiCompliance.Source;

/// <summary>Which rules with paths the commits of a range touch, and from which tree objects that was seen. For one thread.</summary>
internal sealed class RangeChanges(IGitRepository repository, SignerPolicy policy)
{
    /// <summary>What the verifier holds in memory of them.</summary>
    internal const long MaxBytes = 256L << 20;

    private readonly HashSet<string> trees = new(StringComparer.Ordinal);
    private long bytes;

    /// <summary>Ids of the tree objects, each once.</summary>
    public IReadOnlyCollection<string> TreesRead => trees;

    /// <exception cref="CiComplianceException">Reading failed, a malformed tree (CIC1015), or more than allowed (CIC1016).</exception>
    public IReadOnlyDictionary<SignerRule, string> RulesTouched(GitObject commit)
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
        var tree = repository.Read(oid, GitTreeReader.MaxTreeBytes);
        if (trees.Add(oid) && (bytes += tree.Raw.Length) > MaxBytes)
        {
            throw SourceFailures.TooLarge($"tree {oid}", new($"what shows the changes of the range has more than {MaxBytes} bytes", $"用于显示该范围更改的内容超过 {MaxBytes} 字节"));
        }

        return tree.Type == GitObjectType.Tree ? tree.Raw : throw SourceFailures.Malformed($"tree {oid}", $"it is a {tree.Type}");
    }
}
