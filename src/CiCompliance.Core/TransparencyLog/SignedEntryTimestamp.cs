using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CiCompliance.Keys;

namespace CiCompliance.TransparencyLog;

/// <summary>
/// Rekor v1's promise to include an entry: the log key's signature over the canonical JSON of body, integratedTime, logID and logIndex.
/// It alone authenticates the time.
/// </summary>
public static class SignedEntryTimestamp
{
    public static byte[] Sign(byte[] body, long integratedTime, long index, ISigner log) =>
        Sign(body, integratedTime, index, Convert.ToHexStringLower(SHA256.HashData(log.PublicKey)), log);

    /// <param name="logId">Hex SHA-256 of the log's key.</param>
    internal static byte[] Sign(byte[] body, long integratedTime, long index, string logId, ISigner log) =>
        log.Sign(MessageOf(body, integratedTime, logId, index));

    public static Verdict Verify(byte[] body, long integratedTime, long index, byte[] timestamp, TrustedKey log, ISignatureVerifier verifier) =>
        integratedTime > 0 && index >= 0
            ? verifier.Verify(log.Algorithm, log.PublicKey, MessageOf(body, integratedTime, Convert.ToHexStringLower(SHA256.HashData(log.PublicKey)), index), timestamp)
            : Verdict.Fail;

    /// <summary>The bytes that are signed.</summary>
    internal static byte[] MessageOf(byte[] body, long integratedTime, byte[] logId, long index) =>
        MessageOf(body, integratedTime, Convert.ToHexStringLower(logId), index);

    // Its members in this order, base64, hex and integers: written so, it is canonical already (RFC 8785).
    private static byte[] MessageOf(byte[] body, long integratedTime, string logId, long index) =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"{{\"body\":\"{Convert.ToBase64String(body)}\",\"integratedTime\":{integratedTime},\"logID\":\"{logId}\",\"logIndex\":{index}}}"));
}
