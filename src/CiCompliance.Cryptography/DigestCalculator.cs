using System.Buffers;
using System.Security.Cryptography;
using CiCompliance.Cryptography.Digests;
using CiCompliance.Digests;

namespace CiCompliance.Cryptography;

/// <summary>
/// SHA-256 by .NET and SM3 by libcrypto, or by BouncyCastle where there is no libcrypto with SM3. Thread safe; keeps two chunks in memory.
/// </summary>
public sealed class DigestCalculator : IDigestCalculator
{
    private const int ChunkSize = 1 << 20;

    public DigestSet Compute(ReadOnlySpan<byte> content) => ToSet(SHA256.HashData(content), IncrementalSm3.HashData(content));

    public DigestSet Compute(Stream content, CancellationToken cancellationToken)
    {
        var first = ArrayPool<byte>.Shared.Rent(ChunkSize);
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            var count = content.ReadAtLeast(first.AsSpan(0, ChunkSize), ChunkSize, throwOnEndOfStream: false);
            return count < ChunkSize ? Compute(first.AsSpan(0, count)) : ComputeLong(content, first, cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(first);
        }
    }

    // SM3 is the slow one: it has a thread of its own, while this one reads the next chunk and does its SHA-256.
    private static DigestSet ComputeLong(Stream content, byte[] current, CancellationToken cancellationToken)
    {
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var sm3 = IncrementalSm3.Create();
        var next = ArrayPool<byte>.Shared.Rent(ChunkSize);
        var pending = Task.CompletedTask;
        try
        {
            var spare = next;
            var count = ChunkSize;
            while (count > 0)
            {
                var (chunk, length) = (current, count);
                pending = Task.Run(() => sm3.Append(chunk.AsSpan(0, length)), CancellationToken.None);
                sha256.AppendData(chunk, 0, length);
                cancellationToken.ThrowIfCancellationRequested();
                count = content.ReadAtLeast(spare.AsSpan(0, ChunkSize), ChunkSize, throwOnEndOfStream: false);
                pending.GetAwaiter().GetResult();
                (current, spare) = (spare, current);
            }

            return ToSet(sha256.GetHashAndReset(), sm3.Finish());
        }
        finally
        {
            // The task may still read a buffer that goes back to the pool.
            Task.WaitAny([pending], CancellationToken.None);
            ArrayPool<byte>.Shared.Return(next);
        }
    }

    private static DigestSet ToSet(byte[] sha256, byte[] sm3) => new(Convert.ToHexStringLower(sha256), Convert.ToHexStringLower(sm3));
}
