using System.Text;

namespace CiCompliance.Source;

/// <summary>
/// Finds what a commit changes against its parents, from tree objects alone; folders with the same id are the same and are not read.
/// </summary>
/// <param name="readTree">Gives a tree object's bytes, its id already checked.</param>
internal sealed class TreeChanges(Func<string, byte[]> readTree, GitObjectFormat format)
{
    /// <summary>Bytes of tree objects compared for one commit; one object that stands in many places counts as often.</summary>
    private const long MaxBytes = 128L << 20;

    /// <summary>An empty folder costs something too.</summary>
    private const int MinBytes = 64;

    private long bytes;

    /// <summary>Shows each path that differs from any of the parents; a path may come more than once.</summary>
    /// <param name="parentTrees">None: everything in the tree is new.</param>
    /// <param name="visit">
    /// Gets the path as UTF-8 where it is, else with U+FFFD; answers whether to go on. The path of a link or submodule ends in <c>/</c>: what lies below
    /// it may be anything.
    /// </param>
    /// <exception cref="FormatException">A malformed tree, or more than allowed.</exception>
    public void Visit(string tree, IReadOnlyList<string> parentTrees, Func<string, bool> visit)
    {
        bytes = 0;
        foreach (var parent in parentTrees.Count == 0 ? [null] : parentTrees.AsEnumerable<string?>())
        {
            if (!Compare(parent, tree, "", visit, 0))
            {
                return;
            }
        }
    }

    private bool Compare(string? before, string? after, string prefix, Func<string, bool> visit, int depth)
    {
        if (before == after)
        {
            return true;
        }

        if (depth > GitTree.MaxDepth)
        {
            throw TooLarge();
        }

        var (old, now) = (Read(before), Read(after));
        foreach (var name in old.Keys.Union(now.Keys, StringComparer.Ordinal))
        {
            var (was, @is) = (old.GetValueOrDefault(name), now.GetValueOrDefault(name));
            if (was != @is && !Compare(was, @is, prefix + name, visit, depth))
            {
                return false;
            }
        }

        return true;
    }

    private bool Compare(TreeObjectEntry was, TreeObjectEntry @is, string path, Func<string, bool> visit, int depth)
    {
        var isFile = (was.Mode is not null && !was.IsFolder) || (@is.Mode is not null && !@is.IsFolder);
        var leads = Leads(was) || Leads(@is);
        return (!isFile || (visit(Display(path)) && (!leads || visit(Display(path) + "/"))))
            && (!(was.IsFolder || @is.IsFolder) || Compare(was.IsFolder ? was.Oid : null, @is.IsFolder ? @is.Oid : null, path + "/", visit, depth + 1));
    }

    private static bool Leads(TreeObjectEntry entry) => entry.Mode is GitTreeEntry.SymbolicLink or GitTreeEntry.Submodule;

    private Dictionary<string, TreeObjectEntry> Read(string? tree)
    {
        var entries = new Dictionary<string, TreeObjectEntry>(StringComparer.Ordinal);
        foreach (var entry in tree is null ? [] : TreeObject.Parse(Take(tree), format))
        {
            if (entry.Name.Length == 0 || entry.Name.Contains('/', StringComparison.Ordinal) || !entries.TryAdd(entry.Name, entry))
            {
                throw new LocalizedFormatException("a tree names an entry twice, or a name is empty or holds a slash", "树中条目重复,或名称为空或含斜杠");
            }
        }

        return entries;
    }

    private byte[] Take(string tree)
    {
        var raw = readTree(tree);
        return (bytes += raw.Length + MinBytes) <= MaxBytes ? raw : throw TooLarge();
    }

    private static LocalizedFormatException TooLarge() => new("the trees are deeper or larger than can be compared", "树过深或过大,无法比较");

    private static string Display(string path) => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(path));
}
