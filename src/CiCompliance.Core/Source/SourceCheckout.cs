using System.Collections.Concurrent;
using System.Text;

namespace CiCompliance.Source;

/// <inheritdoc/>
public sealed class SourceCheckout(IGitRepositoryFactory repositories) : ISourceCheckout
{
    private const long MaxFileBytes = 1L << 30;
    private const int MaxLinkBytes = 4096;
    private const int FilesPerWorker = 250;

    public Task<IReadOnlyList<GitTreeEntry>> WriteAsync(string repositoryDirectory, string commit, string destination, CancellationToken cancellationToken) =>
        Task.Run(() => Write(repositoryDirectory, commit, destination, cancellationToken), cancellationToken);

    public IReadOnlyList<Finding> Rehash(string destination, IReadOnlyList<GitTreeEntry> entries, CancellationToken cancellationToken) =>
        new CheckoutComparison(destination, entries).Run(cancellationToken);

    private IReadOnlyList<GitTreeEntry> Write(string repositoryDirectory, string commit, string destination, CancellationToken cancellationToken)
    {
        using var repository = repositories.Open(repositoryDirectory, cancellationToken);
        var entries = GitTreeReader.Read(repository, CommitWalk.Parse(repository.Read(commit, CommitWalk.MaxCommitBytes)).Tree);
        CheckoutPaths.Check(entries);
        try
        {
            var root = Path.GetFullPath(destination);
            CreateFolders(root, entries);
            WriteFiles(repository, repositoryDirectory, root, entries, cancellationToken);

            // Links come last, so that no file is ever written through one.
            foreach (var link in entries.Where(entry => entry.Mode == GitTreeEntry.SymbolicLink))
            {
                var target = CheckoutPaths.CheckLink(link, repository.Read(link.Oid, MaxLinkBytes).Raw);
                File.CreateSymbolicLink(CheckoutPaths.Combine(root, link), target);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failure(destination, e.Message, e);
        }

        return entries;
    }

    private static void CreateFolders(string root, IReadOnlyList<GitTreeEntry> entries)
    {
        if (Directory.Exists(root) && Directory.EnumerateFileSystemEntries(root).Any())
        {
            throw Failure(root, "it is not empty", null);
        }

        Directory.CreateDirectory(root);
        var last = "";
        foreach (var entry in entries)
        {
            var folder = Path.GetDirectoryName(CheckoutPaths.Combine(root, entry))!;
            if (folder != last)
            {
                Directory.CreateDirectory(folder);
                last = folder;
            }
        }
    }

    private void WriteFiles(IGitRepository first, string repositoryDirectory, string root, IReadOnlyList<GitTreeEntry> entries, CancellationToken cancellationToken)
    {
        var files = entries.Where(entry => entry.Mode != GitTreeEntry.SymbolicLink).ToList();
        var workers = Math.Clamp(files.Count / FilesPerWorker, 1, Math.Min(4, Environment.ProcessorCount));
        var parts = Partitioner.Create(0, Math.Max(1, files.Count), FilesPerWorker / 4).GetDynamicPartitions();
        if (workers == 1)
        {
            WriteFiles(first, root, files, parts);
            return;
        }

        // A repository serves one thread; ranges of neighbours keep each close to what its pack has just inflated.
        var running = Enumerable.Range(0, workers).Select(_ => Task.Run(() =>
        {
            using var repository = repositories.Open(repositoryDirectory, cancellationToken);
            WriteFiles(repository, root, files, parts);
        }, cancellationToken)).ToArray();
        Task.WhenAll(running).GetAwaiter().GetResult();
    }

    private static void WriteFiles(IGitRepository repository, string root, List<GitTreeEntry> files, IEnumerable<Tuple<int, int>> parts)
    {
        const UnixFileMode Plain = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        const UnixFileMode Executable = Plain | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        foreach (var (from, to) in parts)
        {
            foreach (var entry in files[from..Math.Min(to, files.Count)])
            {
                using var file = new FileStream(CheckoutPaths.Combine(root, entry), new FileStreamOptions
                {
                    Mode = FileMode.CreateNew,
                    Access = FileAccess.Write,
                    Share = FileShare.None,
                    BufferSize = 0,
                    UnixCreateMode = entry.Mode == GitTreeEntry.Executable ? Executable : Plain,
                });
                repository.CopyBlob(entry.Oid, file, MaxFileBytes);
            }
        }
    }

    private static CiComplianceException Failure(string destination, string why, Exception? cause) =>
        new(SourceDiagnostics.CheckoutFailed, destination,
            new($"the verified tree cannot be written here: {why}", $"无法在此写入已验证的源码树:{why}"),
            new("Free space, or give an empty folder", "请释放空间,或指定空目录"), cause);
}

/// <summary>Which paths and links of a tree may be written.</summary>
internal static class CheckoutPaths
{
    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    public static string Combine(string root, GitTreeEntry entry) => root + "/" + Utf8.GetString(entry.Path.Span);

    /// <summary>Refuses submodules, names that are no UTF-8, and names that differ only in case: another machine would build another tree.</summary>
    public static void Check(IReadOnlyList<GitTreeEntry> entries)
    {
        var folded = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var entry in entries)
        {
            if (entry.Mode == GitTreeEntry.Submodule)
            {
                throw new CiComplianceException(SourceDiagnostics.Submodule, SourceFailures.Printable(entry.DisplayPath),
                    new("a submodule's commits are not verified, so it cannot be built", "子模块的提交未经验证,不能构建"),
                    new("Vendor its files, or require it as a Go module", "请将其文件纳入本仓库,或作为 Go 模块引用"));
            }

            string path;
            try
            {
                path = Utf8.GetString(entry.Path.Span);
            }
            catch (DecoderFallbackException)
            {
                throw SourceFailures.UnsafeTree(entry.DisplayPath, new("its name is not UTF-8", "文件名不是 UTF-8"));
            }

            for (var end = path.Length; end > 0; end = path.LastIndexOf('/', end - 1))
            {
                var part = path[..end];
                if (!folded.TryAdd(part, part))
                {
                    if (folded[part] != part)
                    {
                        throw SourceFailures.UnsafeTree(path, new($"it differs from '{SourceFailures.Printable(folded[part])}' only in case", $"与“{SourceFailures.Printable(folded[part])}”仅大小写不同"));
                    }

                    break;
                }
            }
        }
    }

    /// <summary>
    /// A link may climb only at its beginning, and no higher than the root: its own folder is a real one, so what follows stays inside even
    /// through other links. (<c>link/../x</c> is judged by where <c>link</c> leads, which no text shows.)
    /// </summary>
    public static string CheckLink(GitTreeEntry link, byte[] content)
    {
        string target;
        try
        {
            target = Utf8.GetString(content);
        }
        catch (DecoderFallbackException)
        {
            throw Refuse(link, "it is not UTF-8", "不是 UTF-8");
        }

        if (target.Length == 0 || target[0] == '/' || target.Contains('\0', StringComparison.Ordinal))
        {
            throw Refuse(link, "it is empty, absolute or holds a NUL", "为空、为绝对路径或含 NUL");
        }

        var parts = target.Split('/').Where(part => part is not ("" or ".")).ToList();
        var climbs = parts.TakeWhile(part => part == "..").Count();
        return parts.Skip(climbs).Contains("..") || climbs > link.Path.Span.Count((byte)'/')
            ? throw Refuse(link, "it leaves the tree, or climbs after a name", "指向树外,或在名称之后使用 ..")
            : target;
    }

    private static CiComplianceException Refuse(GitTreeEntry link, string why, string whyZh) =>
        SourceFailures.UnsafeTree(link.DisplayPath, new($"its link target is refused: {why}", $"其链接目标被拒绝:{whyZh}"));
}
