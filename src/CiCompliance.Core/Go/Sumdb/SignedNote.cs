using System.Buffers.Binary;
using System.Text;
using CiCompliance.Keys;

namespace CiCompliance.Go.Sumdb;

/// <summary>A signed note (golang.org/x/mod/sumdb/note): text, blank line, signature lines <c>— name base64(hash‖signature)</c>.</summary>
/// <param name="Text">The signed bytes, with their final newline and without the blank line.</param>
public sealed record SignedNote(byte[] Text, IReadOnlyList<NoteSignature> Signatures)
{
    public const int MaxBytes = 1 << 20;
    private const int MaxSignatures = 100;

    /// <exception cref="FormatException">Not a signed note.</exception>
    public static SignedNote Parse(ReadOnlySpan<byte> note)
    {
        var split = note.LastIndexOf("\n\n"u8);
        if (note.Length > MaxBytes || split < 0 || split + 3 > note.Length || note[^1] != '\n')
        {
            throw new LocalizedFormatException("not a signed note", "不是带签名的 note");
        }

        var signatures = new List<NoteSignature>();
        var rest = note[(split + 2)..^1];
        foreach (var range in rest.Split((byte)'\n'))
        {
            signatures.Add(ParseSignature(Strict(rest[range])));
            if (signatures.Count > MaxSignatures)
            {
                throw new LocalizedFormatException("the note has too many signatures", "note 的签名过多");
            }
        }

        return new(note[..(split + 1)].ToArray(), signatures);
    }

    /// <summary>Pass when exactly one signature names the key and it verifies. A witness's signature covers more than the note, and is none here.</summary>
    public Verdict Verify(VerifierKey key, ISignatureVerifier verifier)
    {
        var own = Signatures.Where(signature => signature.Name == key.Name && signature.Hash == key.Hash).ToList();
        return key.Type == VerifierKey.NoteType && own is [var one] ? verifier.Verify(KeyAlgorithm.Ed25519, key.PublicKey, Text, one.Signature) : Verdict.Fail;
    }

    private static NoteSignature ParseSignature(string line)
    {
        var parts = line.Split(' ');
        if (parts is not ["—", var name, var base64] || !VerifierKey.IsName(name))
        {
            throw new LocalizedFormatException("a signature line of the note has not its form", "note 的签名行格式不正确");
        }

        var bytes = Convert.FromBase64String(base64);
        return bytes.Length > 4
            ? new(name, BinaryPrimitives.ReadUInt32BigEndian(bytes), bytes[4..])
            : throw new LocalizedFormatException("a signature of the note is too short", "note 的签名过短");
    }

    internal static string Strict(ReadOnlySpan<byte> text)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(text);
        }
        catch (ArgumentException e)
        {
            throw new LocalizedFormatException("the text is not UTF-8", "文本不是 UTF-8", e);
        }
    }
}

/// <param name="Hash">The key hash that the signature names.</param>
public sealed record NoteSignature(string Name, uint Hash, byte[] Signature);
