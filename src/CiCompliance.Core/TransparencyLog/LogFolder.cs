using CiCompliance.Evidence.Verification;
using Microsoft.Win32.SafeHandles;

namespace CiCompliance.TransparencyLog;

/// <summary>The files of an embedded log. One writer: <c>lock</c> is held open, and the system frees it when the process ends.</summary>
internal sealed class LogFolder : IDisposable
{
    public const string DescriptionName = "log.json";
    public const string CheckpointName = "checkpoint";
    public const int IndexRecordSize = sizeof(long);

    private const string LockName = "lock";

    private readonly FileStream? writerLock;
    private readonly SafeFileHandle entries;
    private readonly SafeFileHandle index;
    private readonly SafeFileHandle hashes;

    private LogFolder(string path, FileStream? writerLock, FileMode mode)
    {
        var access = writerLock is null ? FileAccess.Read : FileAccess.ReadWrite;
        this.writerLock = writerLock;
        Path = path;
        entries = File.OpenHandle(PathOf("entries"), mode, access, FileShare.ReadWrite);
        index = File.OpenHandle(PathOf("index"), mode, access, FileShare.ReadWrite);
        hashes = File.OpenHandle(PathOf("hashes"), mode, access, FileShare.ReadWrite);
        Entries = new EntryFile(entries);
        Index = new RecordFile(index, IndexRecordSize);
        Hashes = new RecordFile(hashes, MerkleProof.HashSize);
    }

    public string Path { get; }

    public EntryFile Entries { get; }

    public RecordFile Index { get; }

    public RecordFile Hashes { get; }

    public static LogFolder Create(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
            if (Directory.EnumerateFileSystemEntries(path).Any())
            {
                throw LogErrors.NotEmpty(path);
            }

            return new LogFolder(path, Lock(path), FileMode.CreateNew);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw LogErrors.NotWritable(path, e);
        }
    }

    /// <param name="descriptionName">The file that makes it such a folder.</param>
    public static LogFolder Open(string path, bool writable, string descriptionName = DescriptionName)
    {
        if (!File.Exists(System.IO.Path.Combine(path, descriptionName)))
        {
            throw LogErrors.NotALog(path, descriptionName);
        }

        var held = writable ? Lock(path) : null;
        try
        {
            return new LogFolder(path, held, held is null ? FileMode.Open : FileMode.OpenOrCreate);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            held?.Dispose();
            throw e is FileNotFoundException
                ? LogErrors.Damaged(path, "one of its files is missing", "缺少文件", e)
                : LogErrors.NotWritable(path, e);
        }
    }

    public byte[] Read(string name, int maxBytes)
    {
        using var file = new FileStream(PathOf(name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (file.Length > maxBytes)
        {
            throw new FormatException($"{name} is larger than allowed");
        }

        var content = new byte[file.Length];
        file.ReadExactly(content);
        return content;
    }

    /// <summary>
    /// Whole or not at all. Should a power cut undo the rename itself, the checkpoint is an older one, and opening takes the whole
    /// entries after it back in.
    /// </summary>
    /// <exception cref="IOException">It can't be written, or another folder has taken this one's place.</exception>
    public void Replace(string name, byte[] content)
    {
        ThrowIfMoved();
        var temporary = PathOf(name + ".new");
        using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        ThrowIfMoved();
        File.Move(temporary, PathOf(name), overwrite: true);
    }

    public void Dispose()
    {
        entries.Dispose();
        index.Dispose();
        hashes.Dispose();
        writerLock?.Dispose();
    }

    /// <summary>
    /// The open files go where the folder goes, a path does not: a checkpoint written by path would ruin the log that took this one's place.
    /// Windows moves no folder whose files are open.
    /// </summary>
    private void ThrowIfMoved()
    {
        if (OperatingSystem.IsLinux() && !NativeFolder.IsAt(writerLock!.SafeFileHandle, PathOf(LockName)))
        {
            throw new IOException("the folder or its lock was moved away since it was opened");
        }
    }

    private static FileStream Lock(string path)
    {
        var name = System.IO.Path.Combine(path, LockName);
        try
        {
            return new FileStream(name, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (IsHeld(e))
        {
            throw LogErrors.InUse(path, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw LogErrors.NotWritable(path, e);
        }
    }

    /// <summary>Whether another process has the file: EWOULDBLOCK of Linux and of macOS, ERROR_SHARING_VIOLATION. A read-only disk is something else.</summary>
    private static bool IsHeld(IOException e) => e.HResult is 11 or 35 or unchecked((int)0x80070020);

    private string PathOf(string name) => System.IO.Path.Combine(Path, name);
}
