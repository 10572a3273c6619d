using System.Security.Cryptography;
using System.Text;

namespace CiCompliance.Build;

/// <summary>
/// A digest over the files that an output is made from, and one over the output itself: both equal means nothing is to be done, and what is there
/// is what was made.
/// </summary>
internal sealed class SourceStamp
{
    private readonly string file;
    private readonly string current;
    private readonly string? output;

    private SourceStamp(string file, string current, string? output)
    {
        this.file = file;
        this.current = current;
        this.output = output;
    }

    public bool IsCurrent => File.Exists(file) && File.ReadAllText(file) == Text();

    /// <param name="sources">Folders (whole, without bin and obj) and files, relative to <paramref name="root"/>.</param>
    /// <param name="output">The folder that is made, or null: it lies in many places and is not compared.</param>
    /// <param name="others">What else the output depends on.</param>
    public static SourceStamp Of(string file, string root, IEnumerable<string> sources, string? output, params string[] others) =>
        new(file, Digest(root, sources.Select(source => Path.Combine(root, source)), others), output);

    /// <summary>Before the output is made: a run that breaks off leaves no stamp.</summary>
    public void Clear()
    {
        // In a fresh clone not even the folder is there.
        if (File.Exists(file))
        {
            File.Delete(file);
        }
    }

    public void Write()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, Text());
    }

    private string Text() => output is null ? current : $"{current}\n{Digest(output, [output], [])}";

    private static string Digest(string root, IEnumerable<string> paths, IEnumerable<string> others)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var path in paths.SelectMany(FilesOf).Order(StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{Path.GetRelativePath(root, path)}\0"));
            hash.AppendData(SHA256.HashData(File.ReadAllBytes(path)));
        }

        foreach (var other in others)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"\0{other}"));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static IEnumerable<string> FilesOf(string path) =>
        File.Exists(path) ? [path]
        : !Directory.Exists(path) ? []
        : Directory.EnumerateFiles(path).Concat(Directory.EnumerateDirectories(path)
            .Where(folder => Path.GetFileName(folder) is not ("bin" or "obj"))
            .SelectMany(FilesOf));
}
