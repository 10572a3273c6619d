using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace CiCompliance.Cryptography;

/// <summary>
/// A verifier key of signed notes (golang.org/x/mod/sumdb/note, C2SP signed-note): <c>name+hash+base64</c>, the hash being eight hex digits
/// and the base64 the type octet and an Ed25519 key.
/// </summary>
/// <param name="Name">The name in the note's signature lines, for example <c>sum.golang.org</c>.</param>
/// <param name="KeyHash">First four bytes of SHA-256(name, newline, type, key), big-endian.</param>
/// <param name="Type">1: Ed25519 over the note; 4: timestamped cosignature (C2SP tlog-cosignature).</param>
/// <param name="Key">32 bytes.</param>
public sealed record NoteVerifierKey(string Name, uint KeyHash, byte Type, byte[] Key)
{
    public const byte Ed25519Type = 1;
    public const byte CosignatureType = 4;

    private const int MaxLength = 1024;

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Name}+{KeyHash:x8}+{Convert.ToBase64String([Type, .. Key])}");

    /// <exception cref="ArgumentException">An invalid name, or not 32 bytes.</exception>
    public static NoteVerifierKey Create(string name, ReadOnlySpan<byte> raw32, byte type = Ed25519Type) =>
        IsName(name) && raw32.Length == PublicKeyInfo.Ed25519Size
            ? new NoteVerifierKey(name, Hash(name, type, raw32), type, raw32.ToArray())
            : throw new ArgumentException("a verifier key has a name without blanks and plus signs, and 32 bytes", nameof(name));

    /// <summary>False for anything but such a key of type 1 or 4 whose hash is its own.</summary>
    public static bool TryParse(string text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out NoteVerifierKey? key)
    {
        key = null;
        var parts = text.Length <= MaxLength ? text.Split('+', 3) : [];
        var content = new byte[1 + PublicKeyInfo.Ed25519Size];
        if (parts is not [var name, { Length: 8 } hex, { Length: 44 } base64]
            || !IsName(name)
            || !uint.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hash)
            || !Convert.TryFromBase64String(base64, content, out var written)
            || written != content.Length
            || content[0] is not (Ed25519Type or CosignatureType)
            || Hash(name, content[0], content.AsSpan(1)) != hash)
        {
            return false;
        }

        key = new NoteVerifierKey(name, hash, content[0], content[1..]);
        return true;
    }

    private static bool IsName(string name) => name.Length > 0 && !name.Any(character => character == '+' || char.IsWhiteSpace(character) || char.IsControl(character));

    private static uint Hash(string name, byte type, ReadOnlySpan<byte> key) =>
        BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData([.. Encoding.UTF8.GetBytes(name), (byte)'\n', type, .. key]));
}
