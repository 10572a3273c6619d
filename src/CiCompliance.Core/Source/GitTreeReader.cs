using System.Text;

namespace CiCompliance.Source;

/// <summary>Lists a tree recursively from its objects, and checks that the listing says all that the tree's id covers.</summary>
public sealed class GitTreeReader
{
    internal const int MaxTreeBytes = 32 << 20;

    private readonly IGitRepository repository;
    private readonly List<GitTreeEntry> entries = [];
    private long listed;

    private GitTreeReader(IGitRepository repository) => this.repository = repository;

    /// <returns>The files in the order of <c>git ls-tree -r</c>.</returns>
    /// <exception cref="CiComplianceException">
    /// A path or mode that is refused (CIC1019), a malformed tree (CIC1015), more than allowed (CIC1016), or reading failed.
    /// </exception>
    public static IReadOnlyList<GitTreeEntry> Read(IGitRepository repository, string tree)
    {
        var reader = new GitTreeReader(repository);
        reader.ReadFolder(tree, []);
        string id;
        try
        {
            id = GitTree.ComputeId(reader.entries, repository.Format);
        }
        catch (FormatException e)
        {
            throw SourceFailures.UnsafeTree($"tree {tree}", new(e.Message, $"树不合规:{e.Message}"));
        }

        return id == tree
            ? reader.entries
            : throw SourceFailures.UnsafeTree($"tree {tree}",
                new("its files do not say all that it holds: it has an empty folder or entries out of order", "其文件列表不能还原该树:含空目录或条目次序错误"));
    }

    private void ReadFolder(string oid, byte[] prefix)
    {
        var tree = repository.Read(oid, MaxTreeBytes);
        if (tree.Type != GitObjectType.Tree)
        {
            throw SourceFailures.Malformed($"tree {oid}", $"it is a {tree.Type}");
        }

        foreach (var entry in Parse(tree))
        {
            Add(entry.Mode, entry.Oid, [.. prefix, .. Encoding.Latin1.GetBytes(entry.Name)], isName: !entry.Name.Contains('/', StringComparison.Ordinal));
        }
    }

    private List<TreeObjectEntry> Parse(GitObject tree)
    {
        try
        {
            return TreeObject.Parse(tree.Raw, repository.Format);
        }
        catch (FormatException e)
        {
            throw SourceFailures.Malformed($"tree {tree.Oid}", e.Message);
        }
    }

    private void Add(string mode, string oid, byte[] path, bool isName)
    {
        var display = Encoding.UTF8.GetString(path);
        if (!isName || GitTree.FindFault(path) is not null)
        {
            throw SourceFailures.UnsafeTree(display,
                new($"the path is not safe to write: {GitTree.FindFault(path) ?? "a name holds a slash"}", "该路径不能安全写入"));
        }

        listed += path.Length + oid.Length + 16;
        if (entries.Count == GitTree.MaxEntries || listed > GitTree.MaxListingBytes)
        {
            throw SourceFailures.TooLarge(display, new($"the tree has more than {GitTree.MaxEntries} files", $"该树的文件超过 {GitTree.MaxEntries} 个"));
        }

        if (mode == TreeObjectEntry.FolderMode)
        {
            ReadFolder(oid, [.. path, (byte)'/']);
        }
        else if (GitTree.IsFileMode(mode))
        {
            entries.Add(new GitTreeEntry(string.Intern(mode), oid, path));
        }
        else
        {
            throw SourceFailures.UnsafeTree(display, new($"it has the mode {mode}", $"其模式为 {mode}"));
        }
    }
}
