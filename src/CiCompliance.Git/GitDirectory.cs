using CiCompliance.Source;

namespace CiCompliance.Git;

/// <summary>
/// Where a repository's own files are (gitrepository-layout(5)). Found here and not by git, so that both engines open the same one, and
/// no ownership rule or environment variable chooses another.
/// </summary>
/// <param name="Path">What git calls GIT_DIR.</param>
/// <param name="Common">Where objects and refs are: the same, but for a linked working tree.</param>
/// <param name="Prefix">The opened folder within the working tree; empty at its top and for a bare repository.</param>
internal sealed record GitDirectory(string Path, string Common, string Prefix)
{
    private const int MaxSmallFile = 64 << 10;
    private const int MaxPackedRefs = 256 << 20;

    public bool IsShallow => File.Exists(In("shallow")) && new FileInfo(In("shallow")).Length > 0;

    public bool HasRewrites =>
        (File.Exists(In("info/grafts")) && new FileInfo(In("info/grafts")).Length > 0)
        || (Directory.Exists(In("refs/replace")) && Directory.EnumerateFiles(In("refs/replace"), "*", SearchOption.AllDirectories).Any())
        || HasPackedReplace();

    /// <exception cref="CiComplianceException">Neither the folder nor one above it is a repository (CIC1008).</exception>
    public static GitDirectory Find(string directory)
    {
        try
        {
            var start = new DirectoryInfo(directory);
            start = start.ResolveLinkTarget(returnFinalTarget: true) as DirectoryInfo ?? start;
            for (var folder = start; folder is not null; folder = folder.Parent)
            {
                var prefix = System.IO.Path.GetRelativePath(folder.FullName, start.FullName);
                var path = System.IO.Path.Combine(folder.FullName, ".git");
                if (File.Exists(path))
                {
                    return Open(FollowLink(path), prefix);
                }

                if (IsRepository(path))
                {
                    return Open(path, prefix);
                }
            }

            // Last: files of a commit can look like a bare repository, with refs and objects of their own, but none can be named .git.
            for (var folder = start; folder is not null; folder = folder.Parent)
            {
                if (IsRepository(folder.FullName))
                {
                    return Open(folder.FullName, ".");
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw SourceFailures.NotARepository(directory, e);
        }

        throw SourceFailures.NotARepository(directory);
    }

    private static GitDirectory Open(string path, string prefix)
    {
        var commonFile = System.IO.Path.Combine(path, "commondir");
        var common = File.Exists(commonFile) ? System.IO.Path.GetFullPath(ReadSmall(commonFile).Trim(), path) : path;
        return IsRepository(common) || File.Exists(commonFile)
            ? new GitDirectory(path, common, prefix == "." ? "" : prefix.Replace(System.IO.Path.DirectorySeparatorChar, '/'))
            : throw SourceFailures.NotARepository(path);
    }

    /// <summary>A linked working tree or a submodule has a file <c>.git</c> that says <c>gitdir: PATH</c>.</summary>
    private static string FollowLink(string file)
    {
        var text = ReadSmall(file);
        return text.StartsWith("gitdir: ", StringComparison.Ordinal)
            ? System.IO.Path.GetFullPath(text["gitdir: ".Length..].TrimEnd('\n', '\r'), System.IO.Path.GetDirectoryName(file)!)
            : throw SourceFailures.NotARepository(file);
    }

    private static bool IsRepository(string path) =>
        File.Exists(System.IO.Path.Combine(path, "HEAD")) && Directory.Exists(System.IO.Path.Combine(path, "objects"))
        && Directory.Exists(System.IO.Path.Combine(path, "refs"));

    private static string ReadSmall(string path) =>
        new FileInfo(path).Length <= MaxSmallFile ? File.ReadAllText(path) : throw new IOException($"{path} is larger than {MaxSmallFile} bytes");

    private string In(string name) => System.IO.Path.Combine(Common, name);

    private bool HasPackedReplace()
    {
        var packed = new FileInfo(In("packed-refs"));
        return packed.Exists && (packed.Length > MaxPackedRefs || File.ReadLines(packed.FullName).Any(line => line.Contains(" refs/replace/", StringComparison.Ordinal)));
    }
}
