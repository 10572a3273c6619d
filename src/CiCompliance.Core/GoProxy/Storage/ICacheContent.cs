namespace CiCompliance.GoProxy.Storage;

/// <summary>What the cache holds and can lose: it is got again when it is asked for. Its folder is of one process.</summary>
public interface ICacheContent
{
    /// <summary>Makes the folder and removes what an earlier process left half done.</summary>
    /// <exception cref="CiComplianceException">It can't be written (CIC7113).</exception>
    void Prepare();

    /// <summary>All that is there, in no order.</summary>
    /// <exception cref="IOException">It can't be read.</exception>
    IEnumerable<CacheItem> Items();
}

/// <param name="LastUsed">When it was asked for last, UTC.</param>
/// <param name="TryRemove">Removes it; false where it is in use. May throw <see cref="IOException"/>.</param>
public sealed record CacheItem(DateTime LastUsed, long Bytes, Func<bool> TryRemove);
