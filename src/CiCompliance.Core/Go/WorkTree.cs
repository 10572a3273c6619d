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

    /// <summary>An empty HOME in which the go command's telemetry is off: from Go 1.23 on a child of it would write there after the command has ended.</summary>
    public static void CreateHome(string directory)
    {
        var telemetry = Path.Combine(directory, ".config", "go", "telemetry");
        Directory.CreateDirectory(telemetry);
        File.WriteAllText(Path.Combine(telemetry, "mode"), "off");
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
