using System.Buffers;
using System.Text;

namespace CiCompliance.Source;

/// <summary>One file of a tree.</summary>
/// <param name="Mode"><c>100644</c>, <c>100755</c>, <c>120000</c> (symbolic link) or <c>160000</c> (submodule).</param>
/// <param name="Path">From the tree's root, <c>/</c> between its parts; bytes, as git knows no encoding.</param>
public sealed record GitTreeEntry(string Mode, string Oid, ReadOnlyMemory<byte> Path)
{
    public const string File = "100644";
    public const string Executable = "100755";
    public const string SymbolicLink = "120000";
    public const string Submodule = "160000";

    /// <summary>For people: bytes that are no UTF-8 show as U+FFFD.</summary>
    public string DisplayPath => Encoding.UTF8.GetString(Path.Span);
}

/// <summary>
/// A tree as <c>git ls-tree -r -z --full-tree COMMIT</c> prints it (<c>source/tree.ls</c>), and the tree id recomputed from that. Pure:
/// the offline verifier uses it. <see cref="FormatException"/> for everything that isn't exactly such a listing.
/// </summary>
public static class GitTree
{
    public const int MaxEntries = 500_000;
    public const int MaxListingBytes = 128 << 20;
    public const int MaxDepth = 128;
    private const int MaxPathBytes = 4096;

    /// <exception cref="FormatException">Another form, an unsafe path, a mode that git does not write, or entries out of order.</exception>
    public static IReadOnlyList<GitTreeEntry> ParseListing(ReadOnlyMemory<byte> listing, GitObjectFormat format)
    {
        var entries = new List<GitTreeEntry>();
        for (var rest = listing; !rest.IsEmpty;)
        {
            var end = rest.Span.IndexOf((byte)0);
            if (end < 0 || listing.Length > MaxListingBytes || entries.Count == MaxEntries)
            {
                throw end < 0
                    ? new LocalizedFormatException("the tree listing is cut off", "树列表不完整")
                    : new LocalizedFormatException("the tree listing is larger than allowed", "树列表过大");
            }

            entries.Add(ParseEntry(rest[..end], format));
            rest = rest[(end + 1)..];
        }

        CheckOrder(entries);
        return entries;
    }

    public static byte[] ToListing(IReadOnlyList<GitTreeEntry> entries)
    {
        var listing = new ArrayBufferWriter<byte>();
        foreach (var entry in entries)
        {
            listing.Write(Encoding.ASCII.GetBytes($"{entry.Mode} {TypeOf(entry.Mode)} {entry.Oid}\t"));
            listing.Write(entry.Path.Span);
            listing.Write("\0"u8);
        }

        return listing.WrittenSpan.ToArray();
    }

    /// <summary>Builds the tree objects bottom up and gives the root's id.</summary>
    /// <param name="entries">In the order of a listing: ascending by the bytes of the whole path.</param>
    /// <exception cref="FormatException">An unsafe path, entries out of order or twice, or a path that is both file and folder.</exception>
    public static string ComputeId(IReadOnlyList<GitTreeEntry> entries, GitObjectFormat format)
    {
        CheckOrder(entries);
        foreach (var entry in entries)
        {
            if (!GitObjectId.IsValid(entry.Oid, format) || !IsFileMode(entry.Mode) || FindFault(entry.Path.Span) is not null)
            {
                throw new LocalizedFormatException($"'{entry.DisplayPath}' is not an entry of a tree", $"“{entry.DisplayPath}”不是树条目");
            }
        }

        var next = 0;
        return Build(entries, ref next, 0, format);
    }

    /// <summary>Why a path of a tree is refused, in English; null for a good one.</summary>
    public static string? FindFault(ReadOnlySpan<byte> path)
    {
        if (path.Length > MaxPathBytes || path.Count((byte)'/') >= MaxDepth)
        {
            return "it is too long or too deep";
        }

        foreach (var range in path.Split((byte)'/'))
        {
            var name = path[range];
            if (name.IsEmpty || name.SequenceEqual("."u8) || name.SequenceEqual(".."u8) || name.Contains((byte)0))
            {
                return "it leaves its folder";
            }

            if (Ascii.EqualsIgnoreCase(name, ".git"u8))
            {
                return "it belongs to git itself";
            }
        }

        return null;
    }

    internal static bool IsFileMode(string mode) =>
        mode is GitTreeEntry.File or GitTreeEntry.Executable or GitTreeEntry.SymbolicLink or GitTreeEntry.Submodule;

    private static string TypeOf(string mode) => mode == GitTreeEntry.Submodule ? GitObjectType.Commit : GitObjectType.Blob;

    private static GitTreeEntry ParseEntry(ReadOnlyMemory<byte> record, GitObjectFormat format)
    {
        var tab = record.Span.IndexOf((byte)'\t');
        var words = Encoding.Latin1.GetString(record.Span[..Math.Max(0, tab)]).Split(' ');
        return words.Length == 3 && IsFileMode(words[0]) && words[1] == TypeOf(words[0]) && GitObjectId.IsValid(words[2], format)
            && FindFault(record.Span[(tab + 1)..]) is null
            ? new GitTreeEntry(string.Intern(words[0]), words[2], record[(tab + 1)..])
            : throw new LocalizedFormatException("a record of the tree listing is malformed or its path unsafe", "树列表的某条记录格式不正确或路径不安全");
    }

    private static void CheckOrder(IReadOnlyList<GitTreeEntry> entries)
    {
        // In a recursive listing git's order of names (folders as if they ended in a slash) is the order of whole paths.
        for (var i = 1; i < entries.Count; i++)
        {
            if (entries[i - 1].Path.Span.SequenceCompareTo(entries[i].Path.Span) >= 0)
            {
                throw new LocalizedFormatException($"'{entries[i].DisplayPath}' is out of order or listed twice", $"“{entries[i].DisplayPath}”次序不对或重复");
            }
        }
    }

    private static string Build(IReadOnlyList<GitTreeEntry> entries, ref int next, int prefixLength, GitObjectFormat format)
    {
        var tree = new ArrayBufferWriter<byte>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        var prefix = next < entries.Count ? entries[next].Path[..prefixLength] : default;
        while (next < entries.Count && entries[next].Path.Span.StartsWith(prefix.Span))
        {
            var entry = entries[next];
            var name = entry.Path[prefixLength..].Span;
            var slash = name.IndexOf((byte)'/');
            name = slash < 0 ? name : name[..slash];
            if (!names.Add(Encoding.Latin1.GetString(name)))
            {
                throw new LocalizedFormatException($"'{entry.DisplayPath}' lies in a folder that is also a file", $"“{entry.DisplayPath}”所在目录同时也是文件");
            }

            string oid;
            if (slash < 0)
            {
                oid = entry.Oid;
                next++;
            }
            else
            {
                oid = Build(entries, ref next, prefixLength + slash + 1, format);
            }

            tree.Write(Encoding.ASCII.GetBytes(slash < 0 ? entry.Mode : "40000"));
            tree.Write(" "u8);
            tree.Write(name);
            tree.Write("\0"u8);
            tree.Write(Convert.FromHexString(oid));
        }

        return GitObjectId.Compute(GitObjectType.Tree, tree.WrittenSpan, format);
    }
}
