using CiCompliance.Digests;
using Microsoft.Win32.SafeHandles;

namespace CiCompliance.Evidence.Verification;

/// <summary>One file of the folder under verification, opened once.</summary>
internal sealed record EvidenceFile(string Name, long Size, DigestSet Digests, byte[]? Content, SafeFileHandle Handle, NativeFolder.EntryState State)
{
    /// <summary>A path to the very file that was opened, whatever its name leads to by now.</summary>
    public string DescriptorPath => $"/proc/self/fd/{(int)Handle.DangerousGetHandle()}";

    /// <exception cref="FormatException">Larger than allowed.</exception>
    public byte[] ReadWhole(int maxBytes)
    {
        if (Content is not null || Size > maxBytes)
        {
            return Content ?? throw new LocalizedFormatException($"{Name} has {Size} bytes, more than {maxBytes}", $"{Name} 为 {Size} 字节,超过 {maxBytes}");
        }

        using var stream = OpenStream();
        var content = new byte[Size];
        stream.ReadExactly(content);
        return content;
    }

    public Stream OpenStream() => Content is null
        ? new FileStream(DescriptorPath, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16)
        : new MemoryStream(Content, writable: false);
}

/// <summary>
/// The folder as it was when it was opened: every file opened once, small ones read, all of them digested. Links, special files, odd names
/// and absurd sizes are refused here.
/// </summary>
internal sealed class EvidenceSnapshot : IDisposable
{
    private const int MaxFiles = 20_000;
    private const int MaxFolders = 1_000;
    private const int MaxDepth = 3;
    private const int KeptInMemory = 8 << 20;
    private const long MaxKeptInMemory = 256L << 20;
    private const long MaxFileBytes = 64L << 30;

    private readonly SortedDictionary<string, EvidenceFile> files = new(StringComparer.Ordinal);
    private readonly List<SafeFileHandle> handles = [];
    private readonly IDigestCalculator digests;
    private readonly bool keepsContent;
    private int folders;
    private long kept;

    private EvidenceSnapshot(IDigestCalculator digests, bool keepsContent) => (this.digests, this.keepsContent) = (digests, keepsContent);

    public IReadOnlyDictionary<string, EvidenceFile> Files => files;

    /// <exception cref="CiComplianceException">The folder can't be read, or holds what evidence never holds.</exception>
    public static EvidenceSnapshot Open(string directory, IDigestCalculator digests, CancellationToken cancellationToken) =>
        Open(directory, digests, keepsContent: true, cancellationToken);

    /// <summary>Reads no file into memory: for who only wants the digests, before anybody has vouched for the folder.</summary>
    /// <exception cref="CiComplianceException">As <see cref="Open(string, IDigestCalculator, CancellationToken)"/>.</exception>
    public static EvidenceSnapshot OpenForDigests(string directory, IDigestCalculator digests, CancellationToken cancellationToken) =>
        Open(directory, digests, keepsContent: false, cancellationToken);

    private static EvidenceSnapshot Open(string directory, IDigestCalculator digests, bool keepsContent, CancellationToken cancellationToken)
    {
        var snapshot = new EvidenceSnapshot(digests, keepsContent);
        try
        {
            using var root = NativeFolder.OpenRoot(directory);
            if (root is null || NativeFolder.State(root).Kind != NativeFolder.EntryKind.Directory)
            {
                throw Refusal(VerificationDiagnostics.Unreadable, directory, new("it is not a folder that can be read", "不是可读取的目录"));
            }

            snapshot.Read(root, "", 0, cancellationToken);
            return snapshot;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            snapshot.Dispose();
            throw Refusal(VerificationDiagnostics.Unreadable, directory, new($"it cannot be read ({e.Message})", $"无法读取({e.Message})"), e);
        }
        catch
        {
            snapshot.Dispose();
            throw;
        }
    }

    public EvidenceFile? Find(string name) => files.GetValueOrDefault(name);

    /// <summary>Files that were written while they were verified: the kernel's change time tells.</summary>
    public IEnumerable<string> ChangedSince() =>
        files.Values.Where(file => NativeFolder.State(file.Handle) != file.State).Select(file => file.Name);

    public void Dispose() => handles.ForEach(handle => handle.Dispose());

    private void Read(SafeFileHandle directory, string prefix, int depth, CancellationToken cancellationToken)
    {
        foreach (var name in NativeFolder.Names(directory))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var path = prefix + name;
            var handle = NativeFolder.Open(directory, name, out var kind);
            if (handle is not null)
            {
                handles.Add(handle);
            }

            switch (kind)
            {
                case NativeFolder.EntryKind.Directory when depth < MaxDepth && folders < MaxFolders:
                    folders++;
                    Read(handle!, path + "/", depth + 1, cancellationToken);
                    break;
                case NativeFolder.EntryKind.File when files.Count < MaxFiles:
                    files.Add(path, ReadFile(path, handle!, cancellationToken));
                    break;
                case NativeFolder.EntryKind.Link or NativeFolder.EntryKind.Special:
                    throw Refusal(VerificationDiagnostics.SpecialFile, path,
                        new("it is a link or a special file; evidence holds plain files only", "是链接或特殊文件;证据目录只能包含普通文件"));
                default:
                    throw Refusal(VerificationDiagnostics.TooLarge, path, new("the folder is deeper or has more files or folders than evidence can", "目录层级、文件数或目录数超过上限"));
            }
        }
    }

    private EvidenceFile ReadFile(string path, SafeFileHandle handle, CancellationToken cancellationToken)
    {
        var state = NativeFolder.State(handle);
        if (state.Size > MaxFileBytes)
        {
            throw Refusal(VerificationDiagnostics.TooLarge, path, new($"it has {state.Size} bytes", $"大小为 {state.Size} 字节"));
        }

        if (!keepsContent || state.Size > KeptInMemory)
        {
            using var stream = new FileStream($"/proc/self/fd/{(int)handle.DangerousGetHandle()}", FileMode.Open, FileAccess.Read, FileShare.Read, 1);
            return new EvidenceFile(path, state.Size, digests.Compute(stream, cancellationToken), null, handle, state);
        }

        kept += state.Size;
        if (kept > MaxKeptInMemory)
        {
            throw Refusal(VerificationDiagnostics.TooLarge, path,
                new($"its small files have more than {MaxKeptInMemory} bytes together", $"其小文件总计超过 {MaxKeptInMemory} 字节"));
        }

        var content = new byte[state.Size];
        var read = 0;
        for (int n; read < content.Length && (n = RandomAccess.Read(handle, content.AsSpan(read), read)) > 0;)
        {
            read += n;
        }

        return read == content.Length
            ? new EvidenceFile(path, state.Size, digests.Compute(content), content, handle, state)
            : throw new IOException($"{path} became shorter while it was read");
    }

    private static CiComplianceException Refusal(Diagnostic diagnostic, string origin, LocalizedText what, Exception? cause = null) =>
        new(diagnostic, origin, what, VerificationDiagnostics.AskForAgain, cause);
}
