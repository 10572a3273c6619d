using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace CiCompliance.Go.Sumdb;

/// <summary>
/// A verifier key of signed notes (golang.org/x/mod/sumdb/note, C2SP signed-note): <c>name+hash+base64</c>, the hash being eight hex digits
/// and the base64 the type octet and an Ed25519 key.
/// </summary>
/// <param name="Name">The name in the note's signature lines, for example <c>sum.golang.org</c>.</param>
/// <param name="Hash">First four bytes, big-endian, of SHA-256(name ‖ "\n" ‖ type ‖ key).</param>
/// <param name="Type">What its signatures cover.</param>
/// <param name="PublicKey">DER SubjectPublicKeyInfo (RFC 8410).</param>
public sealed record VerifierKey(string Name, uint Hash, byte Type, byte[] PublicKey)
{
    /// <summary>Signs the note.</summary>
    public const byte NoteType = 1;

    /// <summary>Signs the note and a time: a witness (C2SP tlog-cosignature).</summary>
    public const byte CosignatureType = 4;

    private const int MaxLength = 1024;
    private const int RawSize = 32;
    private static readonly byte[] SpkiPrefix = Convert.FromHexString("302a300506032b6570032100");

    /// <exception cref="ArgumentException">An invalid name, or not 32 bytes.</exception>
    public static VerifierKey Create(string name, ReadOnlySpan<byte> raw32, byte type = NoteType) =>
        IsName(name) && raw32.Length == RawSize
            ? new(name, HashOf(name, [type, .. raw32]), type, [.. SpkiPrefix, .. raw32])
            : throw new ArgumentException("a verifier key has a name without blanks and plus signs, and 32 bytes", nameof(name));

    /// <summary>A key that signs notes: a checksum database's.</summary>
    /// <exception cref="FormatException">Not such a key, or its hash is not its own.</exception>
    public static VerifierKey Parse(string text) => !TryParse(text, out var key)
        ? throw new LocalizedFormatException(
            "a verifier key has the form name+hash+key; either this has not, or the hash of the verifier key is not that of its name and Ed25519 key",
            "验证公钥的形式应为 name+hash+key;此处形式不符,或其哈希与名称和 Ed25519 公钥不符")
        : key.Type == NoteType ? key : throw new LocalizedFormatException(
            "the verifier key is a witness's, which signs no notes alone", "该验证公钥属于见证方,不单独签署 note");

    /// <summary>False for anything but such a key of a known type whose hash is its own, in its one way of writing.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out VerifierKey? key)
    {
        key = null;
        var parts = text.Length <= MaxLength ? text.Split('+', 3) : [];
        var content = new byte[1 + RawSize];
        if (parts is not [var name, _, { Length: 44 } base64]
            || !IsName(name)
            || !Convert.TryFromBase64String(base64, content, out var written)
            || written != content.Length
            || content[0] is not (NoteType or CosignatureType))
        {
            return false;
        }

        var own = Create(name, content.AsSpan(1), content[0]);
        key = own.ToString() == text ? own : null;
        return key is not null;
    }

    public override string ToString() =>
        $"{Name}+{Hash:x8}+{Convert.ToBase64String([Type, .. PublicKey.AsSpan(SpkiPrefix.Length)])}";

    /// <summary>Narrower than the format, which allows any character but blanks and plus: such a name could be shown as another.</summary>
    internal static bool IsName(string name) => name.Length is > 0 and <= 256 && name.All(c => c is > ' ' and < (char)0x7f and not '+');

    private static uint HashOf(string name, ReadOnlySpan<byte> content) =>
        BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData([.. Encoding.ASCII.GetBytes(name), (byte)'\n', .. content]));
}
