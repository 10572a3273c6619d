using System.Security.Cryptography;
using System.Text;

namespace CiCompliance.Build;

/// <summary>A digest over the files that an output is made from, kept beside the output: equal means nothing is to be done.</summary>
internal sealed class SourceStamp
{
    private readonly string file;
    private readonly string current;

    private SourceStamp(string file, string current)
    {
        this.file = file;
        this.current = current;
    }

    public bool IsCurrent => File.Exists(file) && File.ReadAllText(file) == current;

    /// <param name="sources">Folders (whole, without bin and obj) and files, relative to <paramref name="root"/>.</param>
    /// <param name="others">What else the output depends on.</param>
    public static SourceStamp Of(string file, string root, IEnumerable<string> sources, params string[] others)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var path in sources.SelectMany(source => FilesOf(Path.Combine(root, source))).Order(StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{Path.GetRelativePath(root, path)}\0"));
            hash.AppendData(SHA256.HashData(File.ReadAllBytes(path)));
        }

        foreach (var other in others)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"\0{other}"));
        }

        return new SourceStamp(file, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    /// <summary>Before the output is made: a run that breaks off leaves no stamp.</summary>
    public void Clear() => File.Delete(file);

    public void Write()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, current);
    }

    private static IEnumerable<string> FilesOf(string path) =>
        File.Exists(path) ? [path]
        : !Directory.Exists(path) ? []
        : Directory.EnumerateFiles(path).Concat(Directory.EnumerateDirectories(path)
            .Where(folder => Path.GetFileName(folder) is not ("bin" or "obj"))
            .SelectMany(FilesOf));
}
