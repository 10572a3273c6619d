using System.Security.Cryptography;
using System.Text;
using CiCompliance.Keys;

namespace CiCompliance.TransparencyLog;

/// <summary>
/// The id of a log's key: <c>logID</c> of its entries (32 bytes), whose first 4 bytes are the hint in the note's signature line. It says
/// which key, and proves nothing.
/// </summary>
public static class LogKeyId
{
    public const int HintSize = 4;

    private const byte Ed25519Type = 0x01;
    private const int Ed25519KeySize = 32;

    /// <summary>
    /// Of an Ed25519 key SHA-256(name ‖ LF ‖ 0x01 ‖ raw key) (C2SP signed-note, Rekor v2); of any other SHA-256 of its
    /// SubjectPublicKeyInfo (Rekor v1 and v2).
    /// </summary>
    /// <param name="name">The name in the signature line.</param>
    public static byte[] Of(string name, KeyAlgorithm algorithm, ReadOnlySpan<byte> publicKey) =>
        algorithm == KeyAlgorithm.Ed25519 && publicKey.Length > Ed25519KeySize
            ? SHA256.HashData([.. Encoding.UTF8.GetBytes(name), (byte)'\n', Ed25519Type, .. publicKey[^Ed25519KeySize..]])
            : SHA256.HashData(publicKey);

    /// <summary>The id as entries of this log carry it; the name of the log's key is its origin or the host name that it begins with.</summary>
    public static byte[] Of(TrustedKey log) => Of(log.Name.Split(" - ", 2)[0], log.Algorithm, log.PublicKey);
}
