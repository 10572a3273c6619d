using System.Text;
using CiCompliance.Keys;
using CiCompliance.TransparencyLog;

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
        var hint = NoteSignature.HintOf(key.Name, KeyAlgorithm.Ed25519, key.PublicKey);
        var own = Signatures.Where(signature => signature.Name == key.Name && signature.Hint.AsSpan().SequenceEqual(hint)).ToList();
        return key.Type == VerifierKey.NoteType && own is [var one] ? verifier.Verify(KeyAlgorithm.Ed25519, key.PublicKey, Text, one.Signature) : Verdict.Fail;
    }

    private static NoteSignature ParseSignature(string line) =>
        NoteSignature.Parse(line) is var signature && VerifierKey.IsName(signature.Name)
            ? signature
            : throw new LocalizedFormatException("a signature line of the note has not its form", "note 的签名行格式不正确");

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
