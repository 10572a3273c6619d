using CiCompliance.Go;

namespace CiCompliance.GoProxy.Sources;

/// <summary>Which files of a module's folder its zip holds, as golang.org/x/mod/zip decides.</summary>
internal sealed class ModuleFileSelection
{
    private readonly HashSet<string> moduleFolders;
    private readonly ZipNames taken = new(new Folded());
    private readonly HashSet<string> selected = new(StringComparer.Ordinal);
    private readonly ModuleVersion module;
    private readonly bool isFrom124;

    private ModuleFileSelection(ModuleVersion module, IEnumerable<(string Name, bool IsRegular)> files, bool isFrom124)
    {
        this.module = module;
        this.isFrom124 = isFrom124;
        moduleFolders = files.Where(file => file.IsRegular && file.Name.EndsWith("/go.mod", StringComparison.OrdinalIgnoreCase))
            .Select(file => FolderOf(file.Name)).ToHashSet(StringComparer.Ordinal);
    }

    /// <param name="files">Their names within the module.</param>
    /// <param name="isFrom124">Whether the module's go line names 1.24 or later.</param>
    /// <exception cref="InvalidDataException">
    /// A file has a name that no zip may hold or is too long or too deep for one (<see cref="ZipNames"/>), or names differ in case alone.
    /// </exception>
    public static HashSet<string> Select(ModuleVersion module, IReadOnlyCollection<(string Name, bool IsRegular)> files, bool isFrom124)
    {
        var selection = new ModuleFileSelection(module, files, isFrom124);
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
        var whole = $"{module}/{name}";
        if (taken.Add(whole) is { } other)
        {
            throw new InvalidDataException($"the names '{SafeText.Line(other, 200)}' and '{SafeText.Line(whole, 200)}' are the same where case does not count");
        }

        if (isRegular)
        {
            selected.Add(name);
        }
    }

    private bool IsInOtherModule(string name)
    {
        // A module deeper than any name may be is none that counts: what is below it is too deep as well, and refused.
        var known = moduleFolders.GetAlternateLookup<ReadOnlySpan<char>>();
        var end = name.IndexOf('/', StringComparison.Ordinal);
        for (var elements = 1; elements < ZipNames.MaxElements && end is >= 0 and <= ZipNames.MaxNameBytes; elements++, end = name.IndexOf('/', end + 1))
        {
            if (known.Contains(name.AsSpan(0, end)))
            {
                return true;
            }
        }

        return false;
    }

    private static string FolderOf(string name) => name.LastIndexOf('/') is var at and > 0 ? name[..at] : "";

    private sealed class Folded : IEqualityComparer<string>
    {
        public bool Equals(string? x, string? y) => x == y || (x is not null && y is not null && ModuleFileNames.Fold(x) == ModuleFileNames.Fold(y));

        public int GetHashCode(string text) => StringComparer.Ordinal.GetHashCode(ModuleFileNames.Fold(text));
    }
}
