using System.IO.Compression;
using CiCompliance.Go;
using CiCompliance.Testing;

namespace CiCompliance.Benchmarks.Workload;

/// <summary>Module versions with a zip of any size, of bytes that nothing makes smaller: written to files, never held.</summary>
internal static class LargeModules
{
    private const int Piece = 1 << 20;

    public static ModuleVersion ModuleOf(int number) => new($"modules.example/large{number:d3}", "v1.0.0");

    /// <summary>Its path at a proxy.</summary>
    public static string PathOf(int number, string extension) => $"/modules.example/large{number:d3}/@v/v1.0.0{extension}";

    /// <summary>Writes one and adds it to a proxy and its checksum database.</summary>
    public static void Add(FixtureModuleProxy proxy, string folder, int number, long bytes)
    {
        var module = ModuleOf(number);
        var file = Path.Combine(folder, $"{number}.zip");
        Write(file, module, number, bytes);
        proxy.AddLarge(module, file, $"module {module.Path}\n");
    }

    private static void Write(string file, ModuleVersion module, int number, long bytes)
    {
        using var zip = new ZipArchive(new FileStream(file, FileMode.Create, FileAccess.ReadWrite), ZipArchiveMode.Create);
        using var content = zip.CreateEntry($"{module}/content.bin", CompressionLevel.NoCompression).Open();
#pragma warning disable CA5394 // The same bytes each time, and no secret.
        var random = new Random(number);
        var piece = new byte[Piece];
        for (var rest = bytes; rest > 0; rest -= piece.Length)
        {
            random.NextBytes(piece);
            content.Write(piece.AsSpan(0, (int)Math.Min(rest, piece.Length)));
        }
#pragma warning restore CA5394
    }
}
