using System.Security.Cryptography;
using CiCompliance.Digests;

namespace CiCompliance.Testing;

/// <summary>SHA-256 in both places: for tests of code to which SM3 is just a second digest.</summary>
public sealed class TestDigests : IDigestCalculator
{
    public DigestSet Compute(ReadOnlySpan<byte> content)
    {
        var hex = Convert.ToHexStringLower(SHA256.HashData(content));
        return new DigestSet(hex, hex);
    }

    public DigestSet Compute(Stream content, CancellationToken cancellationToken)
    {
        var hex = Convert.ToHexStringLower(SHA256.HashData(content));
        return new DigestSet(hex, hex);
    }
}
