namespace CiCompliance.Digests;

/// <summary>SHA-256 (FIPS 180-4) and SM3 (GB/T 32905) of the same bytes in one pass. Streams: memory doesn't grow with the input.</summary>
public interface IDigestCalculator
{
    DigestSet Compute(ReadOnlySpan<byte> content);

    /// <summary>Reads the stream to its end.</summary>
    /// <exception cref="IOException">Reading failed.</exception>
    DigestSet Compute(Stream content, CancellationToken cancellationToken);
}
