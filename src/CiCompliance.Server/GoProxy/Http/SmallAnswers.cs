using Microsoft.Extensions.Caching.Memory;

namespace CiCompliance.Server.GoProxy.Http;

/// <summary>Answers that never change, under the target of their request as it was sent.</summary>
internal sealed class SmallAnswers : IDisposable
{
    /// <summary>What is larger is not kept in memory.</summary>
    public const int MaxAnswer = 64 << 10;

    private const long MaxBytes = 32 << 20;

    private readonly MemoryCache cache = new(new MemoryCacheOptions { SizeLimit = MaxBytes });

    public Known? Find(string target) => cache.TryGetValue(target, out var known) ? (Known?)known : null;

    public void Keep(string target, ProxyAnswer answer, bool isPrivate)
    {
        if (answer.Content.Length <= MaxAnswer)
        {
            cache.Set(target, new Known(answer, isPrivate), new MemoryCacheEntryOptions { Size = answer.Content.Length + (2 * target.Length) + 256 });
        }
    }

    public void Dispose() => cache.Dispose();

    internal sealed record Known(ProxyAnswer Answer, bool IsPrivate);
}
