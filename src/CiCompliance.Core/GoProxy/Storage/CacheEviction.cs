namespace CiCompliance.GoProxy.Storage;

/// <summary>
/// Keeps all that a cache holds within one size and an age: what nobody asked for longest goes first. Descriptions stay, they are small; a file that is gone is
/// fetched again and must be what was recorded.
/// </summary>
public static class CacheEviction
{
    /// <returns>How many items went. What is in use stays, and counts.</returns>
    /// <exception cref="IOException">A part of the cache can't be read or removed; all else is done.</exception>
    public static int Run(IReadOnlyList<ICacheContent> contents, long maxBytes, TimeSpan maxAge, TimeProvider clock, CancellationToken cancellationToken)
    {
        var oldest = clock.GetUtcNow().UtcDateTime - maxAge;
        var (total, gone) = (0L, 0);
        var (items, failures) = List(contents, cancellationToken);
        foreach (var item in items.OrderByDescending(item => item.LastUsed))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if ((total + item.Bytes > maxBytes || item.LastUsed < oldest) && TryRemove(item, failures))
            {
                gone++;
            }
            else
            {
                total += item.Bytes;
            }
        }

        return failures.Count == 0 ? gone : throw new IOException($"a part of the cache can't be read or removed; of the rest {gone} items were removed", failures[0]);
    }

    // What can't be read or removed keeps nobody from making room elsewhere, and is said at the end.
    private static bool TryRemove(CacheItem item, List<Exception> failures)
    {
        try
        {
            return item.TryRemove();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            failures.Add(e);
            return false;
        }
    }

    private static (List<CacheItem> Items, List<Exception> Failures) List(IReadOnlyList<ICacheContent> contents, CancellationToken cancellationToken)
    {
        var (items, failures) = (new List<CacheItem>(), new List<Exception>());
        foreach (var content in contents)
        {
            try
            {
                foreach (var item in content.Items())
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    items.Add(item);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                failures.Add(e);
            }
        }

        return (items, failures);
    }
}
