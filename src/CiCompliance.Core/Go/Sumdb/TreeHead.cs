using System.Globalization;
using CiCompliance.Keys;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Go.Sumdb;

/// <summary>A signed tree head of a checksum database, in the text form <c>go.sum database tree\nN\nbase64(root)\n</c>.</summary>
/// <param name="Note">The signed note it was read from, byte for byte: <c>dependencies/treehead.txt</c>.</param>
public sealed record TreeHead(long Size, byte[] Root, byte[] Note)
{
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
        if (lines is not ["go.sum database tree", var size, var root, ""]
            || !long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            || count.ToString(CultureInfo.InvariantCulture) != size)
        {
            throw new LocalizedFormatException("the signed text is not a tree head", "所签文本不是树头");
        }

        var hash = Convert.FromBase64String(root);
        return hash.Length == MerkleProof.HashSize ? new(count, hash, note.ToArray()) : throw new LocalizedFormatException("the root has not 32 bytes", "根不是 32 字节");
    }
}
