using System.Text.Json;

namespace CiCompliance.GoProxy.Publishers;

/// <summary>Signature files in a folder: <c>MODULE/@v/VERSION.dsse.json</c> below it.</summary>
public sealed class FolderSignatures(string root) : ISignatureSource
{
    private readonly string root = Path.GetFullPath(root);

    public string Name => root;

    public string PathOf(ModuleStatement statement) => Path.Combine(root, ModuleSignatures.PathOf(statement.Module));

    public Task<ModuleSignatures?> FindAsync(ModuleStatement statement, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(Find(statement));
    }

    /// <summary>Writes a file whole, in place of the one that is there.</summary>
    /// <exception cref="IOException">It can't be written.</exception>
    /// <exception cref="UnauthorizedAccessException">As above.</exception>
    public string Write(ModuleStatement statement, ModuleSignatures signatures)
    {
        var path = PathOf(statement);
        var temporary = $"{path}.{Environment.ProcessId}.partial";
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        try
        {
            using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                file.Write(signatures.ToJson());
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }

        return path;
    }

    /// <inheritdoc cref="FindAsync"/>
    public ModuleSignatures? Find(ModuleStatement statement)
    {
        try
        {
            return ModuleSignatures.Parse(Read(PathOf(statement)));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            // A share that isn't mounted has no signatures either.
            return Directory.Exists(root) ? null : throw new SignatureSourceException(new("the folder is not there", "目录不存在"), e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SignatureSourceException(new($"it cannot be read ({e.Message})", $"无法读取({e.Message})"), e);
        }
    }

    /// <exception cref="JsonException">Larger than a signature file.</exception>
    private static byte[] Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var buffer = new byte[ModuleSignatures.MaxBytes + 1];

        // What is one byte too long is refused by whoever parses it.
        return buffer[..file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false)];
    }
}
