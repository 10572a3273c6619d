namespace CiCompliance.GoProxy.Storage;

/// <summary>
/// Keeps the files of a store within a size and an age: those that nobody asked for longest go first. Descriptions stay, they are small; a file that is
/// gone is fetched again and must be what was recorded.
/// </summary>
public static class CacheEviction
{
    /// <returns>How many files went.</returns>
    /// <exception cref="IOException">The store can't be read.</exception>
    public static int Run(FileModuleStore store, long maxBytes, TimeSpan maxAge, TimeProvider clock, CancellationToken cancellationToken)
    {
        var oldest = clock.GetUtcNow().UtcDateTime - maxAge;
        var (total, gone) = (0L, 0);
        foreach (var file in new DirectoryInfo(store.Files).EnumerateFiles("*", SearchOption.AllDirectories).OrderByDescending(file => file.LastWriteTimeUtc))
        {
            cancellationToken.ThrowIfCancellationRequested();
            total += file.Length;
            if (total > maxBytes || file.LastWriteTimeUtc < oldest)
            {
                total -= file.Length;
                file.Delete();
                gone++;
            }
        }

        return gone;
    }
}
