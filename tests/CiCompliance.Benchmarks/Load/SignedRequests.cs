using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Benchmarks.Load;

/// <summary>Requests to log entries, whole as they go over the wire and signed before any clock runs.</summary>
internal static class SignedRequests
{
    /// <summary>Keys that sign in turns: a log has more than one writer.</summary>
    private const int Keys = 64;

    /// <summary><c>hashedrekord</c> 0.0.2 for <c>POST /api/v2/log/entries</c>, each of its own digest.</summary>
    public static byte[][] V2(int count)
    {
        var requests = new byte[count][];
        Parallel.For(0, Keys, slot =>
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var info = key.ExportSubjectPublicKeyInfo();
            for (var at = slot; at < count; at += Keys)
            {
                var digest = RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes);
                requests[at] = Post("/api/v2/log/entries", ProposedEntry.HashedRekord002(digest, key.SignHash(digest, DSASignatureFormat.Rfc3279DerSequence), info).Request);
            }
        });
        return requests;
    }

    public static byte[] Get(string path) => Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");

    private static byte[] Post(string path, byte[] body) =>
    [
        .. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n")),
        .. body,
    ];
}
