namespace CiCompliance.Go;

/// <summary>The names in a zip: each once, and no folder in two spellings (golang.org/x/mod/zip, "case-insensitive file name collision").</summary>
/// <param name="comparer">Which names are one.</param>
internal sealed class ZipNames(StringComparer comparer)
{
    private readonly HashSet<string> files = new(comparer);
    private readonly Dictionary<string, string> folders = new(comparer);

    /// <returns>False where the name, or a folder of it, is there already as another one.</returns>
    public bool Add(string name)
    {
        if (!files.Add(name) || folders.ContainsKey(name))
        {
            return false;
        }

        for (var end = name.LastIndexOf('/'); end > 0; end = name.LastIndexOf('/', end - 1))
        {
            var folder = name[..end];
            if (folders.TryGetValue(folder, out var known))
            {
                // What is above it was looked at when it came.
                return known == folder;
            }

            if (files.Contains(folder))
            {
                return false;
            }

            folders.Add(folder, folder);
        }

        return true;
    }
}
