using System.Runtime.CompilerServices;

namespace CiCompliance.Testing;

/// <summary>Files of tests/vectors; each folder's README names its source.</summary>
public static class TestVectors
{
    private static readonly string Root = Path.GetFullPath(Path.Combine(SourceFile(), "..", "..", "vectors"));

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    public static byte[] Read(params string[] parts) => File.ReadAllBytes(PathOf(parts));

    private static string SourceFile([CallerFilePath] string path = "") => path;
}
