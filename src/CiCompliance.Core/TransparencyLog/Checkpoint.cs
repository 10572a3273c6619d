using System.Globalization;
using System.Text;
using CiCompliance.Json;
using CiCompliance.Keys;

namespace CiCompliance.TransparencyLog;

/// <summary>
/// A signed tree head (a signed note, C2SP tlog-checkpoint): origin, size and root on a line each, an empty line, then signature lines
/// <c>— name base64(4 bytes of <see cref="LogKeyId"/> ‖ signature)</c>. That of a Rekor v1 log has exactly one, its own, and
/// <c>log/checkpoint.cosigned</c> carries SM2 and witness lines over the same body; that of a Rekor v2 log may have them as extra lines.
/// </summary>
/// <param name="Origin">Rekor v1: <c>name - treeID</c>. Rekor v2: the name alone.</param>
public sealed record Checkpoint(string Origin, long Size, byte[] Root, IReadOnlyList<NoteSignature> Signatures) : ITreeHead
{
    public const int MaxBytes = 16 << 10;
    public const int MaxSignatures = 32;

    private const int MaxExtensions = 8;

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>The log's host name: the origin up to <c> - </c>, which is also the name in its signature line.</summary>
    public string Name => Origin.Split(" - ", 2)[0];

    /// <summary>Lines after the root, as public Rekor v1 logs once wrote them (<c>Timestamp: …</c>). No checkpoint of ours has any.</summary>
    public IReadOnlyList<string> Extensions { get; init; } = [];

    /// <summary>What is signed: origin, size, root and extensions, a line each, with their line ends.</summary>
    public byte[] Body => StrictUtf8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Origin}\n{Size}\n{Convert.ToBase64String(Root)}\n")
        + string.Concat(Extensions.Select(line => line + "\n")));

    public static Checkpoint Sign(string origin, long size, byte[] root, ISigner log)
    {
        var unsigned = new Checkpoint(origin, size, root, []);
        return unsigned.Cosign(unsigned.Name, log);
    }

    /// <summary>The same body with one more signature line, in the place after the others.</summary>
    public Checkpoint Cosign(string name, ISigner signer) =>
        this with { Signatures = [.. Signatures, new NoteSignature(name, NoteSignature.HintOf(name, signer.Algorithm, signer.PublicKey), signer.Sign(Body))] };

    /// <summary><see cref="Verdict.Pass"/> when exactly one line stands under that name and it is this key's signature.</summary>
    public Verdict Verify(string name, KeyAlgorithm algorithm, byte[] publicKey, ISignatureVerifier verifier)
    {
        var hint = NoteSignature.HintOf(name, algorithm, publicKey);
        return Signatures.Where(line => line.Name == name && line.Hint.AsSpan().SequenceEqual(hint)).ToList() is [var only]
            ? verifier.Verify(algorithm, publicKey, Body, only.Signature)
            : Verdict.Fail;
    }

    /// <summary>Whether it is of the form of a Rekor v1 log, which names its tree.</summary>
    public bool NamesTree => Origin.Contains(" - ", StringComparison.Ordinal);

    /// <summary>
    /// Whether it is a log's own checkpoint: its origin, and exactly one signature line of the log key. In the form of Rekor v1 there is
    /// no other line.
    /// </summary>
    /// <param name="log"><see cref="TrustedKey.Name"/> is the whole origin, or the host name that it begins with.</param>
    public bool IsOf(TrustedKey log, ISignatureVerifier verifier) =>
        (log.Name == Origin || log.Name == Name)
        && Extensions.Count == 0
        && (Signatures.Count == 1 || !NamesTree)
        && Verify(Name, log.Algorithm, log.PublicKey, verifier) == Verdict.Pass;

    public override string ToString() =>
        StrictUtf8.GetString(Body) + "\n" + string.Concat(Signatures.Select(line => line.ToString()));

    public byte[] ToBytes() => StrictUtf8.GetBytes(ToString());

    /// <exception cref="FormatException">Not exactly this form.</exception>
    public static Checkpoint Parse(ReadOnlySpan<byte> note)
    {
        try
        {
            return note.Length <= MaxBytes ? Parse(StrictUtf8.GetString(note)) : throw new LocalizedFormatException("a checkpoint is longer than allowed", "检查点过长");
        }
        catch (DecoderFallbackException e)
        {
            throw new LocalizedFormatException("a checkpoint is not UTF-8", "检查点不是 UTF-8", e);
        }
    }

    /// <exception cref="FormatException">Not exactly this form.</exception>
    public static Checkpoint Parse(string note) => Parse(note, 0);

    /// <summary>As <see cref="Parse(string)"/>, and lines may follow the root (C2SP tlog-checkpoint "extension lines").</summary>
    /// <exception cref="FormatException">Not this form.</exception>
    public static Checkpoint ParseExtended(string note) => Parse(note, MaxExtensions);

    private static Checkpoint Parse(string note, int maxExtensions)
    {
        var lines = note.Split('\n');
        var blank = Array.IndexOf(lines, "");
        if (note.Length > MaxBytes || blank < 3 || blank > 3 + maxExtensions
            || lines.Length < blank + 3 || lines.Length > blank + 2 + MaxSignatures || lines[^1].Length > 0)
        {
            throw new LocalizedFormatException("a checkpoint has origin, size, root, an empty line, signature lines and a final line end", "检查点应依次为来源、大小、根、空行、签名行,并以换行结尾");
        }

        if (lines[0].Trim() is not { Length: > 0 } origin || origin != lines[0] || origin.Any(char.IsControl))
        {
            throw new LocalizedFormatException("a checkpoint's origin is empty or padded", "检查点的来源为空或含多余空白");
        }

        if (!long.TryParse(lines[1], NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            || size.ToString(CultureInfo.InvariantCulture) != lines[1])
        {
            throw new LocalizedFormatException("a checkpoint's size is not a plain decimal number", "检查点的大小不是十进制数");
        }

        var root = StrictBase64.TryDecode(lines[2]);
        return root is { Length: MerkleProof.HashSize }
            ? new Checkpoint(origin, size, root, [.. lines[(blank + 1)..^1].Select(NoteSignature.Parse)]) { Extensions = lines[3..blank] }
            : throw new LocalizedFormatException("a checkpoint's root is not a SHA-256 hash in base64", "检查点的根不是 base64 形式的 SHA-256");
    }
}

/// <summary>One signature line of a note.</summary>
/// <param name="Hint">First 4 bytes of <see cref="LogKeyId"/>.</param>
public sealed record NoteSignature(string Name, byte[] Hint, byte[] Signature)
{
    public static byte[] HintOf(string name, KeyAlgorithm algorithm, ReadOnlySpan<byte> publicKey) =>
        LogKeyId.Of(name, algorithm, publicKey)[..LogKeyId.HintSize];

    /// <summary>Whether both stand under one name and say the same key: of such only one may be in a checkpoint.</summary>
    public bool IsOfSameKey(NoteSignature other) => Name == other.Name && Hint.AsSpan().SequenceEqual(other.Hint);

    public override string ToString() => $"\u2014 {Name} {Convert.ToBase64String([.. Hint, .. Signature])}\n";

    /// <exception cref="FormatException">Not exactly <c>— name base64</c>.</exception>
    public static NoteSignature Parse(string line)
    {
        var parts = line.Split(' ');
        var blob = parts is ["\u2014", { Length: > 0 }, _] ? StrictBase64.TryDecode(parts[2]) : null;
        return blob is { Length: > LogKeyId.HintSize }
            ? new NoteSignature(parts[1], blob[..LogKeyId.HintSize], blob[LogKeyId.HintSize..])
            : throw new LocalizedFormatException("a signature line is not '— name base64'", "签名行不是“— 名称 base64”形式");
    }
}
