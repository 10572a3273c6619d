using System.Globalization;
using System.Text;
using CiCompliance.Keys;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Go.Sumdb;

/// <summary>A signed tree head of a checksum database, in the text form <c>go.sum database tree\nN\nbase64(root)\n</c>.</summary>
/// <param name="Note">The signed note it was read from, byte for byte: <c>dependencies/treehead.txt</c>.</param>
public sealed record TreeHead(long Size, byte[] Root, byte[] Note) : ITreeHead
{
    private const string FirstLine = "go.sum database tree";

    /// <summary>Signs a tree head with a line for each key, all under one name; the go command looks at the Ed25519 key's line only.</summary>
    public static TreeHead Sign(long size, byte[] root, string name, params IReadOnlyList<ISigner> keys)
    {
        var text = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{FirstLine}\n{size}\n{Convert.ToBase64String(root)}\n"));
        var lines = keys.Select(key => new NoteSignature(name, NoteSignature.HintOf(name, key.Algorithm, key.PublicKey), key.Sign(text)).ToString());
        return new(size, root, [.. text, (byte)'\n', .. Encoding.UTF8.GetBytes(string.Concat(lines))]);
    }

    public byte[] ToBytes() => Note;

    /// <exception cref="FormatException">Not such a note.</exception>
    /// <exception cref="InvalidDataException">The pinned key did not sign it.</exception>
    public static TreeHead Open(ReadOnlySpan<byte> note, VerifierKey key, ISignatureVerifier verifier)
    {
        var signed = SignedNote.Parse(note);
        if (signed.Verify(key, verifier) != Verdict.Pass)
        {
            throw new InvalidDataException($"the tree head is not signed by {key.Name}");
        }

        var lines = SignedNote.Strict(signed.Text).Split('\n');
        if (lines is not [FirstLine, var size, var root, ""]
            || !long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            || count.ToString(CultureInfo.InvariantCulture) != size)
        {
            throw new LocalizedFormatException("the signed text is not a tree head", "所签文本不是树头");
        }

        var hash = Convert.FromBase64String(root);
        return hash.Length == MerkleProof.HashSize ? new(count, hash, note.ToArray()) : throw new LocalizedFormatException("the root has not 32 bytes", "根不是 32 字节");
    }
}
