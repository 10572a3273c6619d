namespace CiCompliance.GoProxy.Storage;

/// <summary>
/// Keeps all that a cache holds within one size and an age: what nobody asked for longest goes first. Descriptions stay, they are small; a file that is gone is
/// fetched again and must be what was recorded.
/// </summary>
public static class CacheEviction
{
    /// <returns>How many items went. What is in use stays, and counts.</returns>
    /// <exception cref="IOException">The cache can't be read, or something in it not be removed.</exception>
    public static int Run(IReadOnlyList<ICacheContent> contents, long maxBytes, TimeSpan maxAge, TimeProvider clock, CancellationToken cancellationToken)
    {
        var oldest = clock.GetUtcNow().UtcDateTime - maxAge;
        var (total, gone) = (0L, 0);
        foreach (var item in contents.SelectMany(content => content.Items()).OrderByDescending(item => item.LastUsed))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if ((total + item.Bytes > maxBytes || item.LastUsed < oldest) && item.TryRemove())
            {
                gone++;
            }
            else
            {
                total += item.Bytes;
            }
        }

        return gone;
    }
}
