using System.Text;

namespace CiCompliance.Go;

/// <summary>
/// The names in a zip: each once, and no folder in two spellings (golang.org/x/mod/zip, "case-insensitive file name collision"). Every element of a name is kept
/// once below its folder, so that memory grows with the names and not with their depth.
/// </summary>
/// <param name="comparer">Which elements are one.</param>
internal sealed class ZipNames(IEqualityComparer<string> comparer)
{
    /// <summary>UTF-8 bytes of a name: as many as a path of most file systems may have.</summary>
    public const int MaxNameBytes = 4096;

    /// <summary>Folders of a name and the file.</summary>
    public const int MaxElements = 64;

    /// <summary>Folders of all names together.</summary>
    public const int MaxFolders = 4 * ModuleZip.MaxEntries;

    private readonly Dictionary<(int Folder, string Element), (int Id, string Spelling)> nodes = new(new Elements(comparer));
    private int folders;

    /// <returns>Null where the name is new; else the other name, or the other spelling of a folder of it, that is there already.</returns>
    /// <exception cref="InvalidDataException">It is too long or too deep, or there are too many folders.</exception>
    public string? Add(string name)
    {
        if (Encoding.UTF8.GetByteCount(name) > MaxNameBytes || name.AsSpan().Count('/') >= MaxElements)
        {
            throw new InvalidDataException($"the name '{SafeText.Line(name, 200)}' has more than {MaxNameBytes} bytes or {MaxElements} elements");
        }

        // Files have the number 0: nothing stands below them.
        var (folder, begin) = (1, 0);
        for (var end = name.IndexOf('/', StringComparison.Ordinal); end >= 0; end = name.IndexOf('/', begin))
        {
            var element = name[begin..end];
            if (!nodes.TryGetValue((folder, element), out var known))
            {
                known = (++folders + 1, element);
                nodes.Add((folder, element), known);
            }

            if (known.Id == 0 || known.Spelling != element)
            {
                return name[..begin] + known.Spelling;
            }

            (folder, begin) = (known.Id, end + 1);
        }

        return folders > MaxFolders ? throw new InvalidDataException($"there are more than {MaxFolders} folders")
            : nodes.TryAdd((folder, name[begin..]), (0, name[begin..])) ? null
            : name[..begin] + nodes[(folder, name[begin..])].Spelling;
    }

    private sealed class Elements(IEqualityComparer<string> comparer) : IEqualityComparer<(int Folder, string Element)>
    {
        public bool Equals((int Folder, string Element) x, (int Folder, string Element) y) => x.Folder == y.Folder && comparer.Equals(x.Element, y.Element);

        public int GetHashCode((int Folder, string Element) node) => HashCode.Combine(node.Folder, comparer.GetHashCode(node.Element));
    }
}
