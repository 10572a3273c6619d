using System.Security.Cryptography;
using System.Text;
using CiCompliance.GoProxy.Storage;
using CiCompliance.Processes;

namespace CiCompliance.GoProxy.Sources;

/// <summary>
/// The copies of git repositories in one folder, each used by one at a time. The folder belongs to one process; what it holds can be removed while none runs. A copy
/// that nobody uses can go at any time: the next one who needs it makes it again.
/// </summary>
public sealed class GitRepositories : ICacheContent
{
    private const int MaxIdle = 1024;
    private const string Extension = ".git";

    private readonly string folder;
    private readonly TimeProvider time;
    private readonly TrashFolder trash;
    private readonly Dictionary<string, Slot> slots = new(StringComparer.Ordinal);

    /// <param name="folder">Made by <see cref="Prepare"/>.</param>
    /// <param name="git">Absolute path of git, 2.30 or later (see <see cref="FindGit"/>).</param>
    /// <param name="searchPath">PATH: git looks for ssh and a shell in its absolute folders.</param>
    public GitRepositories(string folder, string git, string searchPath, IProcessRunner processes, TimeProvider time, GitLimits limits)
    {
        this.folder = Path.GetFullPath(folder);
        this.time = time;
        Limits = limits;
        trash = new(Temporary);
        Git = new(git, Home, string.Join(':', searchPath.Split(':').Where(Path.IsPathFullyQualified)), processes, limits);
    }

    internal GitLimits Limits { get; }

    internal GitProgram Git { get; }

    private string Home => Path.Combine(folder, "home");

    private string Temporary => Path.Combine(folder, "tmp");

    private string Copies => Path.Combine(folder, "repositories");

    /// <summary>The first git on PATH, folders named by an absolute path only, or null.</summary>
    public static string? FindGit(string searchPath) =>
        searchPath.Split(':').Where(Path.IsPathFullyQualified).Select(directory => Path.Combine(directory, "git")).FirstOrDefault(File.Exists);

    /// <inheritdoc/>
    public void Prepare()
    {
        try
        {
            foreach (var (path, isKept) in new[] { (Home, false), (Temporary, false), (Copies, true) })
            {
                if (!isKept && Directory.Exists(path))
                {
                    Directory.Delete(path, recursive: true);
                }

                Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Refusals.StorageFailed(folder, e);
        }
    }

    /// <summary>The copies.</summary>
    /// <exception cref="IOException">They can't be read.</exception>
    public IEnumerable<CacheItem> Items()
    {
        foreach (var copy in new DirectoryInfo(Copies).EnumerateDirectories())
        {
            long bytes;
            try
            {
                bytes = BareRepository.SizeOf(copy.FullName);
            }
            catch (DirectoryNotFoundException)
            {
                // Removed meanwhile, by whoever found it broken.
                continue;
            }

            yield return new(copy.LastWriteTimeUtc, bytes, () => TryRemove(copy.FullName));
        }
    }

    /// <summary>A file of its own, removed when it is closed.</summary>
    internal FileStream CreateTemporary() => new(Path.Combine(Temporary, Guid.NewGuid().ToString("n")), new FileStreamOptions
    {
        Mode = FileMode.CreateNew,
        Access = FileAccess.ReadWrite,
        Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
        UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
    });

    /// <summary>Does something with a repository that nobody else uses meanwhile.</summary>
    /// <param name="mayBeOld">Whether refs listed within <see cref="GitLimits.RefsLifetime"/> will do.</param>
    /// <exception cref="ModuleNotFoundException">There is no such repository, or the action says so of refs just listed.</exception>
    /// <exception cref="ModuleSourceException">The forge can't be asked, or the copy can't be used.</exception>
    internal async Task<T> UseAsync<T>(PrivateModules modules, string remote, bool mayBeOld, Func<BareRepository, GitRefs, Task<T>> action, CancellationToken cancellationToken)
    {
        var repository = Repository(modules, remote);
        var slot = Rent(repository.Directory);
        try
        {
            await slot.Turn.WaitAsync(cancellationToken);
            try
            {
                var answer = await UseAsync(slot, repository, mayBeOld, action, cancellationToken);
                Used(repository.Directory);
                return answer;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new ModuleSourceException("the folder of the repositories can't be used", e);
            }
            finally
            {
                slot.Turn.Release();
            }
        }
        finally
        {
            Return(slot);
        }
    }

    private async Task<T> UseAsync<T>(Slot slot, BareRepository repository, bool mayBeOld, Func<BareRepository, GitRefs, Task<T>> action, CancellationToken cancellationToken)
    {
        var isRemade = false;
        for (var attempt = 0; ; attempt++)
        {
            var isOld = mayBeOld && attempt == 0 && slot.Refs is not null && time.GetElapsedTime(slot.ListedAt) < Limits.RefsLifetime;
            if (!isOld)
            {
                slot.Refs = null;
                slot.Refs = await repository.ListRefsAsync(cancellationToken);
                slot.ListedAt = time.GetTimestamp();
            }

            try
            {
                return await action(repository, slot.Refs!);
            }
            catch (ModuleNotFoundException) when (isOld)
            {
                // It may have been pushed since.
            }
            catch (StaleRefsException e) when (attempt >= 2)
            {
                throw new ModuleSourceException($"{SafeText.Line(e.Message, 200)} changes while it is read", e);
            }
            catch (StaleRefsException)
            {
                // Listed again.
            }
            catch (BrokenRepositoryException) when (!isRemade)
            {
                isRemade = true;
                repository.Remove();
            }
            catch (BrokenRepositoryException e)
            {
                repository.Remove();
                throw new ModuleSourceException(e.Message, e);
            }
        }
    }

    private BareRepository Repository(PrivateModules modules, string remote)
    {
        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(remote)))[..40];
        return new(Path.Combine(Copies, name + Extension), remote, modules, Git, trash, Limits);
    }

    private bool TryRemove(string copy)
    {
        string? gone;
        lock (slots)
        {
            if (slots.TryGetValue(copy, out var slot))
            {
                if (slot.Users > 0)
                {
                    return false;
                }

                slot.Turn.Dispose();
                slots.Remove(copy);
            }

            // While nobody can begin to use it; removing it takes longer.
            gone = trash.Take(copy);
            File.Delete(BareRepository.BusyFileOf(copy));
        }

        if (gone is not null)
        {
            Directory.Delete(gone, recursive: true);
        }

        return true;
    }

    /// <summary>The time of a copy's folder is when it was last asked for: <see cref="CacheEviction"/> goes by it.</summary>
    private void Used(string copy)
    {
        if (Directory.Exists(copy))
        {
            Directory.SetLastWriteTimeUtc(copy, time.GetUtcNow().UtcDateTime);
        }
    }

    private Slot Rent(string copy)
    {
        lock (slots)
        {
            if (!slots.TryGetValue(copy, out var slot))
            {
                // Anybody may ask for paths without end.
                if (slots.Count >= MaxIdle)
                {
                    foreach (var idle in slots.Where(pair => pair.Value.Users == 0).Select(pair => pair.Key).ToList())
                    {
                        slots[idle].Turn.Dispose();
                        slots.Remove(idle);
                    }
                }

                slots[copy] = slot = new();
            }

            slot.Users++;
            return slot;
        }
    }

    private void Return(Slot slot)
    {
        lock (slots)
        {
            slot.Users--;
        }
    }

    private sealed class Slot
    {
        public SemaphoreSlim Turn { get; } = new(1);

        public int Users { get; set; }

        public GitRefs? Refs { get; set; }

        public long ListedAt { get; set; }
    }
}
