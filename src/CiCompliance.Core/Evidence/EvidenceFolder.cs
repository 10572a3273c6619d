using System.Text.Json;

namespace CiCompliance.Evidence;

/// <summary>
/// The evidence folder while a run writes it. One run at a time (a lock beside the folder, held by the open file); every file appears
/// whole or not at all (temporary name, then rename).
/// </summary>
public sealed class EvidenceFolder : IDisposable
{
    private readonly FileStream runLock;

    private EvidenceFolder(string path, FileStream runLock)
    {
        Root = path;
        this.runLock = runLock;
    }

    /// <summary>Absolute path.</summary>
    public string Root { get; }

    /// <exception cref="CiComplianceException">Another run holds it, or it can't be written.</exception>
    public static EvidenceFolder Open(string path)
    {
        var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        try
        {
            Directory.CreateDirectory(root);
            return new EvidenceFolder(root,
                new FileStream(root + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1));
        }
        catch (IOException e) when (File.Exists(root + ".lock") && Directory.Exists(root))
        {
            throw new CiComplianceException(EvidenceDiagnostics.FolderInUse, root,
                new("another run is writing this folder", "另一个运行正在写入此目录"),
                new("Wait for it to end, or give this run its own --out", "请等待其结束,或用 --out 指定其他目录"), e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NotWritable(root, e);
        }
    }

    public bool Exists(string name) => File.Exists(PathOf(name));

    public string PathOf(string name) => Path.Combine(Root, name.Replace('/', Path.DirectorySeparatorChar));

    /// <exception cref="CiComplianceException">Full or read-only disk (CIC2202).</exception>
    public void Write(string name, ReadOnlySpan<byte> content)
    {
        try
        {
            var path = PathOf(name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            var temporary = path + ".partial";
            using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NotWritable(name, e);
        }
    }

    /// <summary>Writes one canonical JSON row a line, streaming.</summary>
    public void WriteLines(string name, IEnumerable<byte[]> rows)
    {
        var path = PathOf(name);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using (var file = new FileStream(path + ".partial", FileMode.Create, FileAccess.Write, FileShare.Read, 1 << 16))
            {
                foreach (var row in rows)
                {
                    file.Write(row);
                    file.WriteByte((byte)'\n');
                }

                file.Flush(flushToDisk: true);
            }

            File.Move(path + ".partial", path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NotWritable(name, e);
        }
    }

    /// <exception cref="CiComplianceException">Missing (CIC2203) or larger than <paramref name="maxBytes"/> (CIC2204).</exception>
    public byte[] Read(string name, int maxBytes)
    {
        try
        {
            using var file = new FileStream(PathOf(name), FileMode.Open, FileAccess.Read, FileShare.Read);
            if (file.Length > maxBytes)
            {
                throw new CiComplianceException(EvidenceDiagnostics.FileTooLarge, name,
                    new($"it has {file.Length} bytes, more than {maxBytes}", $"文件为 {file.Length} 字节,超过 {maxBytes}"),
                    new("Look at what wrote it", "请检查写入它的程序"));
            }

            var content = new byte[file.Length];
            file.ReadExactly(content);
            return content;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CiComplianceException(EvidenceDiagnostics.FileMissing, name,
                new("an earlier stage should have written it", "应由前面的阶段写入"),
                new("Run the stages in order, or cicompliance run", "请按顺序运行各阶段,或使用 cicompliance run"), e);
        }
    }

    /// <summary>Reads a document with its own parser; what it refuses becomes CIC2205.</summary>
    public T Read<T>(string name, int maxBytes, Func<byte[], T> parse)
    {
        try
        {
            return parse(Read(name, maxBytes));
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            throw new CiComplianceException(EvidenceDiagnostics.Malformed, name,
                new($"it does not have its format: {e.Problem().En}", $"格式不正确:{e.Problem().Zh}"),
                new("Run the stage that writes it again", "请重新运行写入它的阶段"), e);
        }
    }

    /// <summary>Removes an earlier run's evidence.</summary>
    /// <exception cref="CiComplianceException">The folder is not empty and holds no evidence (CIC2206): nobody's files are removed by a wrong --out.</exception>
    public void Clear()
    {
        if (!Directory.EnumerateFileSystemEntries(Root).Any())
        {
            return;
        }

        if (!Exists(EvidencePaths.Evidence))
        {
            throw new CiComplianceException(EvidenceDiagnostics.NotEvidence, Root,
                new("the folder is not empty and holds no evidence.json", "目录非空,且其中没有 evidence.json"),
                new("Choose an empty folder with --out", "请用 --out 指定空目录"));
        }

        try
        {
            foreach (var entry in new DirectoryInfo(Root).EnumerateFileSystemInfos().OrderBy(entry => entry.Name == EvidencePaths.Evidence))
            {
                if (entry is DirectoryInfo { LinkTarget: null } directory)
                {
                    directory.Delete(recursive: true);
                }
                else
                {
                    entry.Delete();
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NotWritable(Root, e);
        }
    }

    /// <summary>Names of all files, with forward slashes, in ordinal order.</summary>
    public IReadOnlyList<string> List() =>
        [.. Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Root, path).Replace(Path.DirectorySeparatorChar, '/'))
            .Order(StringComparer.Ordinal)];

    public void Delete(string name)
    {
        if (Exists(name))
        {
            File.Delete(PathOf(name));
        }
    }

    public void Dispose() => runLock.Dispose();

    private static CiComplianceException NotWritable(string name, Exception e) =>
        new(EvidenceDiagnostics.NotWritable, name,
            new($"it cannot be written ({e.Message})", $"无法写入({e.Message})"),
            new("Free space or choose another --out", "请释放空间或用 --out 指定其他目录"), e);
}
