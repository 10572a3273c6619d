using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace CiCompliance.Cryptography.Keys;

/// <summary>
/// A public key in the form that .NET verifies with. Making it checks the key's numbers, which takes several times as long as one verification:
/// each thread that needs one at a time takes one that is free, and gives it back. Thread safe.
/// </summary>
/// <param name="create">May throw <see cref="CryptographicException"/> for numbers that are no key: each use then does.</param>
internal sealed class PreparedKey<T>(Func<T> create)
    where T : AsymmetricAlgorithm
{
    private readonly ConcurrentBag<T> free = [];

    public Use Take() => new(this, free.TryTake(out var key) ? key : create());

    /// <summary>For one thread, until it is disposed.</summary>
    internal readonly ref struct Use(PreparedKey<T> owner, T key)
    {
        public T Key => key;

        public void Dispose() => owner.free.Add(key);
    }
}
