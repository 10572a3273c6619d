using System.Security.Cryptography;
using CiCompliance.Server.Hosting;

namespace CiCompliance.Server.Log.Entries;

/// <summary>The hashes of entries: Rekor v1's and v2's names of one algorithm.</summary>
internal sealed record EntryHash(string V1, string V2, HashAlgorithmName Name, int Size)
{
    public static readonly EntryHash Sha256 = new("sha256", "SHA2_256", HashAlgorithmName.SHA256, SHA256.HashSizeInBytes);
    public static readonly EntryHash Sha384 = new("sha384", "SHA2_384", HashAlgorithmName.SHA384, SHA384.HashSizeInBytes);
    public static readonly EntryHash Sha512 = new("sha512", "SHA2_512", HashAlgorithmName.SHA512, SHA512.HashSizeInBytes);

    public static IReadOnlyList<EntryHash> All { get; } = [Sha256, Sha384, Sha512];

    /// <exception cref="RefusedException">Not a digest of this algorithm in hex.</exception>
    public byte[] FromHex(string hex) =>
        hex.Length == 2 * Size && hex.All(char.IsAsciiHexDigit) ? Convert.FromHexString(hex) : throw new RefusedException("malformed", $"a digest is not {V1} in hex");
}
