using CiCompliance.Go;

namespace CiCompliance.GoProxy.Storage;

/// <summary>What was verified, kept by content. Many processes may read and add at once: what is there under a digest is that or nothing.</summary>
public interface IModuleStore
{
    /// <returns>Null where nothing is kept of it.</returns>
    /// <exception cref="IOException">It can't be read.</exception>
    StoredModule? Find(ModuleVersion module);

    /// <summary>Versions of a module of which files are kept, in no order.</summary>
    /// <exception cref="IOException">It can't be read.</exception>
    IReadOnlyList<string> Versions(string path);

    /// <summary>Changes what is kept of a module version; begins with an empty description.</summary>
    /// <exception cref="IOException">It can't be kept.</exception>
    void Change(ModuleVersion module, Func<StoredModule, StoredModule> change);

    /// <summary>Opens a kept file; null where it is gone or has not its size.</summary>
    FileStream? OpenFile(StoredFile file);

    /// <summary>A file for what is not verified yet. It goes when it is disposed of, unless it was kept.</summary>
    /// <exception cref="IOException">There is no room.</exception>
    UnverifiedFile CreateUnverified();

    /// <summary>Keeps a file that was verified.</summary>
    /// <exception cref="IOException">It can't be kept.</exception>
    void Keep(UnverifiedFile file, string sha256);

    /// <summary>Keeps a file that was refused, with what is known of it, out of everybody's reach. Where the quarantine is full, the oldest go.</summary>
    /// <returns>Whether there was room: a full disk takes nothing from the verdict.</returns>
    bool TryQuarantine(UnverifiedFile file, ModuleVersion module, Finding why);
}

/// <summary>A file that is being downloaded or verified.</summary>
public sealed class UnverifiedFile(string path) : IDisposable
{
    public string Path { get; } = path;

    public FileStream OpenWrite() => new(Path, FileMode.Create, FileAccess.ReadWrite, FileShare.Read, 64 << 10);

    public FileStream OpenRead() => new(Path, FileMode.Open, FileAccess.Read, FileShare.Read, 64 << 10);

    public void Dispose()
    {
        try
        {
            File.Delete(Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is removed at the next start; nobody reads it.
        }
    }
}
