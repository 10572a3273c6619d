using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CiCompliance.Keys;

namespace CiCompliance.TransparencyLog;

/// <summary>
/// A witness's co-signature with its time (C2SP tlog-cosignature, <c>cosignature/v1</c>): Ed25519 over a head line, the time and the
/// checkpoint's body. Blob of the line: 4 bytes of SHA-256(name ‖ LF ‖ 0x04 ‖ raw key), the time (seconds since 1970, 8 bytes big-endian),
/// signature. A witness with an SM2 or P-256 key signs the body alone, as <see cref="Checkpoint.Cosign"/> does.
/// </summary>
public static class Cosignature
{
    private const byte Type = 0x04;
    private const int KeySize = 32;
    private const int TimeSize = sizeof(long);

    /// <param name="witness">An Ed25519 key for a co-signature with its time, or an SM2 or P-256 key.</param>
    public static NoteSignature Sign(Checkpoint checkpoint, string name, ISigner witness, DateTimeOffset now)
    {
        if (witness.Algorithm != KeyAlgorithm.Ed25519)
        {
            return (checkpoint with { Signatures = [] }).Cosign(name, witness).Signatures[0];
        }

        var seconds = now.ToUnixTimeSeconds();
        var blob = new byte[TimeSize];
        BinaryPrimitives.WriteInt64BigEndian(blob, seconds);
        return new NoteSignature(name, HintOf(name, witness.PublicKey), [.. blob, .. witness.Sign(MessageOf(checkpoint, seconds))]);
    }

    /// <summary><see cref="Verdict.Pass"/> when exactly one line stands under the witness's name and it is its co-signature.</summary>
    public static Verdict Verify(Checkpoint cosigned, TrustedKey witness, ISignatureVerifier verifier)
    {
        if (witness.Algorithm != KeyAlgorithm.Ed25519)
        {
            return cosigned.Verify(witness.Name, witness.Algorithm, witness.PublicKey, verifier);
        }

        var hint = HintOf(witness.Name, witness.PublicKey);
        return cosigned.Signatures.Where(line => line.Name == witness.Name && line.Hint.AsSpan().SequenceEqual(hint)).ToList() is [{ Signature.Length: > TimeSize } only]
            && BinaryPrimitives.ReadInt64BigEndian(only.Signature) is >= 0 and var seconds
            ? verifier.Verify(witness.Algorithm, witness.PublicKey, MessageOf(cosigned, seconds), only.Signature.AsSpan(TimeSize))
            : Verdict.Fail;
    }

    private static byte[] HintOf(string name, byte[] publicKey) =>
        SHA256.HashData([.. Encoding.UTF8.GetBytes(name), (byte)'\n', Type, .. publicKey[^KeySize..]])[..LogKeyId.HintSize];

    private static byte[] MessageOf(Checkpoint checkpoint, long seconds) =>
        [.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"cosignature/v1\ntime {seconds}\n")), .. checkpoint.Body];
}
