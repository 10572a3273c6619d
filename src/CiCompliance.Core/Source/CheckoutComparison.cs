using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Enumeration;
using System.Text;

namespace CiCompliance.Source;

/// <summary>Compares a folder with a tree: every file's type, mode and blob id, and nothing beside them.</summary>
internal sealed class CheckoutComparison(string root, IReadOnlyList<GitTreeEntry> entries)
{
    private static readonly LocalizedText Fix = new(
        "Let the build write elsewhere (go build -o, go generate before the commit), and commit what belongs to the source",
        "请让构建输出到别处(go build -o,go generate 在提交前运行),并提交属于源码的文件");

    private const int MaxExtra = 10_000;

    private readonly string root = Path.GetFullPath(root);
    private readonly ConcurrentBag<Finding> findings = [];

    public IReadOnlyList<Finding> Run(CancellationToken cancellationToken)
    {
        Parallel.ForEach(entries, new ParallelOptions { CancellationToken = cancellationToken }, Compare);
        FindExtra(cancellationToken);
        var all = findings.OrderBy(finding => finding.Origin, StringComparer.Ordinal).ToList();
        return all.Count <= SourceStage.MaxFindings
            ? all
            : [.. all.Take(SourceStage.MaxFindings), new Finding(SourceDiagnostics.MoreRefused, root,
                new($"{all.Count - SourceStage.MaxFindings} more differ", $"另有 {all.Count - SourceStage.MaxFindings} 处不同"), Fix)];
    }

    private void Compare(GitTreeEntry entry)
    {
        try
        {
            var file = new FileInfo(CheckoutPaths.Combine(root, entry));
            var isLink = file.LinkTarget is not null;
            if (!isLink && !file.Exists)
            {
                Add(entry.DisplayPath, new("it is missing", "文件缺失"));
            }
            else if (isLink != (entry.Mode == GitTreeEntry.SymbolicLink))
            {
                Add(entry.DisplayPath, new("it is of another type", "类型已改变"));
            }
            else if (!isLink && file.UnixFileMode.HasFlag(UnixFileMode.UserExecute) != (entry.Mode == GitTreeEntry.Executable))
            {
                Add(entry.DisplayPath, new("its executable bit changed", "可执行位已改变"));
            }
            else if ((isLink ? HashLink(file, entry) : HashFile(file, entry)) != entry.Oid)
            {
                Add(entry.DisplayPath, new("its content changed", "内容已改变"));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            Add(entry.DisplayPath, new($"it cannot be read: {e.Message}", $"无法读取:{e.Message}"));
        }
    }

    private static string HashLink(FileInfo link, GitTreeEntry entry) =>
        GitObjectId.Compute(GitObjectType.Blob, Encoding.UTF8.GetBytes(link.LinkTarget!), GitObjectId.FormatOf(entry.Oid));

    private static string? HashFile(FileInfo file, GitTreeEntry entry)
    {
        // A pipe says that it is empty and would block a reader; opened for both ways it does not, and shows that it can't seek.
        using var stream = new FileStream(file.FullName, FileMode.Open, file.Length == 0 ? FileAccess.ReadWrite : FileAccess.Read, FileShare.ReadWrite, 0);
        if (!stream.CanSeek)
        {
            return null;
        }

        var left = stream.Length;
        using var hash = new GitObjectHash(GitObjectType.Blob, left, GitObjectId.FormatOf(entry.Oid));
        var buffer = ArrayPool<byte>.Shared.Rent(64 << 10);
        try
        {
            int read;
            while ((read = stream.Read(buffer)) > 0)
            {
                left -= read;
                if (left < 0)
                {
                    return null;
                }

                hash.Append(buffer.AsSpan(0, read));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return left == 0 ? hash.Finish() : null;
    }

    private void FindExtra(CancellationToken cancellationToken)
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var path in entries.Select(entry => entry.DisplayPath))
        {
            known.Add(path);
            for (var slash = path.LastIndexOf('/'); slash > 0 && known.Add(path[..slash] + "/"); slash = path.LastIndexOf('/', slash - 1))
            {
            }
        }

        // A tracked folder that became a link is listed without its slash, so it shows up as extra.
        var found = new FileSystemEnumerable<string>(root,
            (ref entry) => Path.GetRelativePath(root, entry.ToFullPath()) + (IsFolder(ref entry) ? "/" : ""),
            new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0, IgnoreInaccessible = false, MaxRecursionDepth = GitTree.MaxDepth * 2 })
        {
            ShouldRecursePredicate = IsFolder,
        };
        try
        {
            foreach (var path in found.Where(path => !known.Contains(path)).Take(MaxExtra))
            {
                cancellationToken.ThrowIfCancellationRequested();
                Add(path, new("it is not part of the tree", "不属于该树"));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Add(root, new($"the folder cannot be listed: {e.Message}", $"无法列出目录:{e.Message}"));
        }
    }

    private static bool IsFolder(ref FileSystemEntry entry) => entry.IsDirectory && !entry.Attributes.HasFlag(FileAttributes.ReparsePoint);

    private void Add(string path, LocalizedText what) =>
        findings.Add(new Finding(SourceDiagnostics.CheckoutChanged, SourceFailures.Printable(path), what, Fix));
}
