using CiCompliance.Go;

namespace CiCompliance.GoProxy.Sources;

/// <summary>Which files of a module's folder its zip holds, as golang.org/x/mod/zip decides.</summary>
internal sealed class ModuleFileSelection
{
    private readonly HashSet<string> moduleFolders;
    private readonly Dictionary<string, (string Name, bool IsFolder)> taken = new(StringComparer.Ordinal);
    private readonly HashSet<string> selected = new(StringComparer.Ordinal);
    private readonly bool isFrom124;

    private ModuleFileSelection(IEnumerable<(string Name, bool IsRegular)> files, bool isFrom124)
    {
        this.isFrom124 = isFrom124;
        moduleFolders = files.Where(file => file.IsRegular && file.Name.EndsWith("/go.mod", StringComparison.OrdinalIgnoreCase))
            .Select(file => FolderOf(file.Name)).ToHashSet(StringComparer.Ordinal);
    }

    /// <param name="files">Their names within the module.</param>
    /// <param name="isFrom124">Whether the module's go line names 1.24 or later.</param>
    /// <exception cref="InvalidDataException">A file has a name that no zip may hold, or names differ in case alone.</exception>
    public static HashSet<string> Select(IReadOnlyCollection<(string Name, bool IsRegular)> files, bool isFrom124)
    {
        var selection = new ModuleFileSelection(files, isFrom124);
        foreach (var (name, isRegular) in files)
        {
            selection.Add(name, isRegular);
        }

        return selection.selected.Count <= ModuleZip.MaxEntries ? selection.selected
            : throw new InvalidDataException($"it has more than {ModuleZip.MaxEntries} files");
    }

    private void Add(string name, bool isRegular)
    {
        if (ModuleFileNames.IsVendored(name, isFrom124) || IsInOtherModule(name) || name == ".hg_archival.txt")
        {
            return;
        }

        if (!ModuleFileNames.IsValid(name) || (name != "go.mod" && name.Equals("go.mod", StringComparison.OrdinalIgnoreCase)))
        {
            throw new InvalidDataException($"the file name '{SafeText.Line(name, 200)}' can't stand in a module zip");
        }

        // Links count too, though they are left out.
        Take(name, isFolder: false);
        if (isRegular)
        {
            selected.Add(name);
        }
    }

    private bool IsInOtherModule(string name)
    {
        for (var folder = FolderOf(name); folder.Length > 0; folder = FolderOf(folder))
        {
            if (moduleFolders.Contains(folder))
            {
                return true;
            }
        }

        return false;
    }

    private void Take(string name, bool isFolder)
    {
        for (var (path, folder) = (name, isFolder); path.Length > 0; (path, folder) = (FolderOf(path), true))
        {
            if (!taken.TryAdd(ModuleFileNames.Fold(path), (path, folder)))
            {
                var other = taken[ModuleFileNames.Fold(path)];
                if (other.Name != path || other.IsFolder != folder || !folder)
                {
                    throw new InvalidDataException($"the names '{SafeText.Line(other.Name, 200)}' and '{SafeText.Line(path, 200)}' are the same where case does not count");
                }

                // Its parents were taken with it.
                return;
            }
        }
    }

    private static string FolderOf(string name) => name.LastIndexOf('/') is var at and > 0 ? name[..at] : "";
}
