using System.Text.Json;
using CiCompliance.Evidence.Verification;

namespace CiCompliance.Evidence;

/// <summary>
/// The evidence folder while a run writes it. One run at a time (a lock beside the folder, held by the open file); every file appears
/// whole or not at all (temporary name, then rename).
/// </summary>
public sealed class EvidenceFolder : IDisposable
{
    private static readonly EnumerationOptions Everything = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false };

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

    /// <exception cref="CiComplianceException">
    /// Missing (CIC2203), larger than <paramref name="maxBytes"/> (CIC2204), or a link or special file (CIC2213).
    /// </exception>
    public byte[] Read(string name, int maxBytes)
    {
        try
        {
            using var file = OpenRead(name);
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

    /// <summary>Opens a file of the folder. A link could lead anywhere, a pipe or device would never end: neither is read.</summary>
    /// <exception cref="CiComplianceException">A link or special file, or reached over a link (CIC2213).</exception>
    /// <exception cref="IOException">Missing or unreadable.</exception>
    public FileStream OpenRead(string name)
    {
        var handle = NativeFolder.OpenRoot(Root);
        foreach (var part in name.Split('/'))
        {
            using var parent = handle;
            var kind = NativeFolder.EntryKind.File;
            handle = parent is null ? null : NativeFolder.Open(parent, part, out kind);
            if (kind == NativeFolder.EntryKind.Link)
            {
                throw Special(name);
            }
        }

        if (handle is null)
        {
            // What is in the way is the runtime's to say: it meets the same.
            return new FileStream(PathOf(name), FileMode.Open, FileAccess.Read, FileShare.Read);
        }

        if (NativeFolder.State(handle).Kind != NativeFolder.EntryKind.File)
        {
            handle.Dispose();
            throw Special(name);
        }

        return new FileStream(handle, FileAccess.Read);
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
    /// <exception cref="CiComplianceException">It holds a link (CIC2213).</exception>
    public IReadOnlyList<string> List() =>
        [.. new DirectoryInfo(Root).EnumerateFileSystemInfos("*", Everything)
            .Select(entry => (Info: entry, Name: Path.GetRelativePath(Root, entry.FullName).Replace(Path.DirectorySeparatorChar, '/')))
            .Select(entry => entry.Info.LinkTarget is null ? entry : throw Special(entry.Name))
            .Where(entry => entry.Info is FileInfo)
            .Select(entry => entry.Name)
            .Order(StringComparer.Ordinal)];

    public void Delete(string name)
    {
        if (Exists(name))
        {
            File.Delete(PathOf(name));
        }
    }

    public void Dispose() => runLock.Dispose();

    private static CiComplianceException Special(string name) =>
        new(VerificationDiagnostics.SpecialFile, name,
            new("it is a link or no plain file", "它是链接或特殊文件"),
            new("Find out who put it there, and run cicompliance run again", "请查明来源,并重新运行 cicompliance run"));

    private static CiComplianceException NotWritable(string name, Exception e) =>
        new(EvidenceDiagnostics.NotWritable, name,
            new($"it cannot be written ({e.Message})", $"无法写入({e.Message})"),
            new("Free space or choose another --out", "请释放空间或用 --out 指定其他目录"), e);
}
