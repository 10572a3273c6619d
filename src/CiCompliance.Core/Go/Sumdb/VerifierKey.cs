using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace CiCompliance.Go.Sumdb;

/// <summary>A signed-note verifier key, <c>name+hash+base64(0x01‖Ed25519 public key)</c> (golang.org/x/mod/sumdb/note).</summary>
/// <param name="Hash">First four bytes, big-endian, of SHA-256(name ‖ "\n" ‖ 0x01 ‖ key).</param>
/// <param name="PublicKey">DER SubjectPublicKeyInfo (RFC 8410).</param>
public sealed record VerifierKey(string Name, uint Hash, byte[] PublicKey)
{
    private const int RawSize = 32;
    private static readonly byte[] SpkiPrefix = Convert.FromHexString("302a300506032b6570032100");

    /// <exception cref="FormatException">Not such a key, or its hash is not its own.</exception>
    public static VerifierKey Parse(string text)
    {
        var parts = text.Split('+', 3);
        if (parts.Length != 3 || !IsName(parts[0]) || parts[1].Length != 8 || !parts[1].All(char.IsAsciiHexDigitLower))
        {
            throw new LocalizedFormatException("a verifier key has the form name+hash+key", "验证公钥的形式应为 name+hash+key");
        }

        var key = Convert.FromBase64String(parts[2]);
        if (key.Length != 1 + RawSize || key[0] != 1)
        {
            throw new LocalizedFormatException("the verifier key is not Ed25519", "验证公钥不是 Ed25519");
        }

        var hash = Convert.ToUInt32(parts[1], 16);
        return hash == HashOf(parts[0], key)
            ? new(parts[0], hash, [.. SpkiPrefix, .. key.AsSpan(1)])
            : throw new LocalizedFormatException("the hash of the verifier key is not that of its name and key", "验证公钥的哈希与其名称和公钥不符");
    }

    public override string ToString() =>
        $"{Name}+{Hash:x8}+{Convert.ToBase64String([1, .. PublicKey.AsSpan(SpkiPrefix.Length)])}";

    internal static bool IsName(string name) => name.Length is > 0 and <= 256 && name.All(c => c is > ' ' and < (char)0x7f and not '+');

    private static uint HashOf(string name, byte[] key)
    {
        byte[] input = [.. Encoding.UTF8.GetBytes(name), (byte)'\n', .. key];
        return BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(input));
    }
}
