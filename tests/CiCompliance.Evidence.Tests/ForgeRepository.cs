using System.Text;
using CiCompliance.Cryptography;
using CiCompliance.Git;
using CiCompliance.Source;

namespace CiCompliance.Evidence.Tests;

/// <summary>A scratch Go module of three commits, each signed with the committer's SM2 key.</summary>
internal sealed class ForgeRepository : IDisposable
{
    private readonly GitRepositoryFixture git = new();

    public ForgeRepository(string goSum, ISigner committer)
    {
        git.Write("go.mod", $"module {EvidenceForge.Repository}\n\ngo 1.21\n\nrequire (\n\texample.test/alpha v1.0.0\n\texample.test/beta v1.2.0\n)\n");
        git.Write("go.sum", goSum);
        git.Write("cmd/app/main.go", """
            package main

            import (
            	"example.test/alpha"
            	"example.test/beta"
            )

            func main() { println(alpha.Name() + beta.Name()) }

            """);
        Commit("begin", committer);
        git.Write("README.md", "An example.\n");
        Commit("say what it is", committer);
        git.Write("README.md", "An example of a service.\n");
        Commit("say more", committer);
    }

    public string Path => git.Path;

    /// <summary>Oldest first.</summary>
    public List<string> Commits { get; } = [];

    public string Tree => git.Id("HEAD^{tree}");

    public GitRepositoryFactory Factory { get; } = new();

    /// <summary>The bytes of a commit over this one's tree, signed with the given key or not at all.</summary>
    public static byte[] CommitBytes(string tree, IEnumerable<string> parents, string message, ISigner? signer)
    {
        const string Identity = "Zhang San <zhangsan@example.com> 1750000000 +0800\n";
        var header = $"tree {tree}\n{string.Concat(parents.Select(parent => $"parent {parent}\n"))}author {Identity}committer {Identity}";
        var content = Encoding.UTF8.GetBytes($"{header}\n{message}\n");
        if (signer is null)
        {
            return content;
        }

        var armour = Encoding.ASCII.GetString(CmsSigner.Sign(signer, content, DateTimeOffset.UtcNow)).TrimEnd('\n').Replace("\n", "\n ", StringComparison.Ordinal);
        return Encoding.UTF8.GetBytes($"{header}gpgsig {armour}\n\n{message}\n");
    }

    /// <summary>Every tree object of the history.</summary>
    public IReadOnlyList<TreeRow> Trees() =>
    [
        .. git.Run("rev-list", "--objects", "--no-object-names", "HEAD").Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(oid => git.Run("cat-file", "-t", oid).Trim() == "tree").Select(oid => new TreeRow(oid, git.RunBytes("cat-file", "tree", oid))),
    ];

    public void Dispose() => git.Dispose();

    private void Commit(string message, ISigner committer)
    {
        git.Run("add", "--all");
        var tree = git.Run("write-tree").Trim();
        Commits.Add(git.WriteObject("commit", CommitBytes(tree, Commits.TakeLast(1), message, committer)));
        git.Run("update-ref", "HEAD", Commits[^1]);
    }
}
