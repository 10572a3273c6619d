using System.Security.Cryptography;
using CiCompliance.Diagnostics;
using CiCompliance.Keys;
using CiCompliance.Source;
using CiCompliance.Testing;

namespace CiCompliance.Cryptography.Tests.OpenPgp;

/// <summary>Signatures as Go's OpenPGP library writes them, GitHub's web-flow key among them: the stated bit length is that of the whole field,
/// and the digest's left 16 bits are no such bits.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class StatedLengthTests : IDisposable
{
    private static readonly byte[] UserId = [.. "web-flow"u8];

    private readonly RSA rsa = RSA.Create(2048);
    private readonly byte[] body;

    public StatedLengthTests()
    {
        var key = rsa.ExportParameters(false);
        body = [4, .. Time, 1, .. Mpi(key.Modulus!, 2048), .. Mpi(key.Exponent!, 17)];
    }

    private static byte[] Time => [0x61, 0xD0, 0, 0];

    private byte[] Hashed => [0x99, (byte)(body.Length >> 8), (byte)body.Length, .. body];

    public void Dispose() => rsa.Dispose();

    [Test]
    public void Verify_WhenLeadingZerosAreStated_Passes()
    {
        byte[] userId = [0xB4, 0, 0, 0, (byte)UserId.Length, .. UserId];
        byte[] certificate =
        [
            .. PgpForge.Packet(6, body), .. PgpForge.Packet(13, UserId),
            .. PgpForge.Packet(2, Sign(0x13, [.. Hashed, .. userId], PgpForge.Sub(27, [3]))),
        ];
        var fingerprint = Convert.ToHexStringLower(SHA1.HashData(Hashed));
        var key = new TrustedKey(fingerprint, "web-flow", KeyRole.Committer, KeyAlgorithm.OpenPgp, certificate, []);
        for (var i = 0; i < 20; i++)
        {
            byte[] payload = [.. "tree "u8, (byte)i];
            Verify(key, payload, payload).ShouldBe(Verdict.Pass);
            Verify(key, payload, [.. "other"u8]).ShouldBe(Verdict.Fail);
        }
    }

    private Verdict Verify(TrustedKey key, byte[] signed, byte[] payload)
    {
        var armour = $"-----BEGIN PGP SIGNATURE-----\n\n{Convert.ToBase64String(PgpForge.Packet(2, Sign(0, signed)))}\n-----END PGP SIGNATURE-----\n";
        return new ObjectSignatureVerifier().Verify(SignatureFormat.OpenPgp, System.Text.Encoding.ASCII.GetBytes(armour), payload, [key]).Verdict;
    }

    private byte[] Sign(byte type, byte[] data, params byte[] more)
    {
        byte[] area = [.. PgpForge.Sub(2, Time), .. PgpForge.Sub(16, SHA1.HashData(Hashed)[12..]), .. more];
        byte[] head = [4, type, 1, 8, 0, (byte)area.Length, .. area];
        var digest = SHA256.HashData([.. data, .. head, 4, 0xFF, 0, 0, 0, (byte)head.Length]);
        return [.. head, 0, 0, 0x99, 0x01, .. Mpi(rsa.SignHash(digest, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1), 2048)];
    }

    private static byte[] Mpi(byte[] number, int bits) => [(byte)(bits >> 8), (byte)bits, .. number];
}
