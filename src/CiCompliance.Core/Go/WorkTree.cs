namespace CiCompliance.Go;

/// <summary>Folders under the work directory.</summary>
internal static class WorkTree
{
    /// <summary>Removes a folder with all it holds; the go command leaves its module cache read-only. Links are removed, never followed.</summary>
    public static void Delete(string directory)
    {
        var info = new DirectoryInfo(directory);
        if (info.LinkTarget is not null)
        {
            info.Delete();
        }

        if (!Directory.Exists(directory))
        {
            return;
        }

        MakeWritable(directory);
        Directory.Delete(directory, recursive: true);
    }

    private static void MakeWritable(string directory)
    {
        File.SetUnixFileMode(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var child in new DirectoryInfo(directory).EnumerateDirectories().Where(child => child.LinkTarget is null))
        {
            MakeWritable(child.FullName);
        }
    }
}
