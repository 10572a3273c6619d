using System.Buffers.Binary;
using System.Security.Cryptography;
using CiCompliance.Keys;

namespace CiCompliance.Cryptography.Tests.OpenPgp;

/// <summary>Writes keys of algorithm 27 and signatures that gpg would not make.</summary>
internal sealed class PgpForge : IDisposable
{
    public static readonly DateTimeOffset Born = new(2022, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly GeneratedKey key = KeyGenerator.Generate(KeyAlgorithm.Ed25519);
    private readonly ISigner signer;
    private readonly byte[] body;

    public PgpForge()
    {
        signer = key.OpenSigner();
        body = [4, .. Time(Born), 27, .. key.PublicKey.AsSpan(12)];
    }

    public byte[] Hashed => [0x99, 0, (byte)body.Length, .. body];

    public byte[] Fingerprint => SHA1.HashData(Hashed);

    public byte[] PublicKey => Packet(6, body);

    public byte[] Subkey => Packet(14, body);

    public static byte[] UserId => Packet(13, [.. "forge"u8]);

    public static byte[] HashedUserId => [0xB4, 0, 0, 0, 5, .. "forge"u8];

    public static byte[] Created(DateTimeOffset time) => Sub(2, Time(time));

    public static byte[] Flags(byte flags) => Sub(27, [flags]);

    public static byte[] Lifetime(TimeSpan time) => Sub(9, Seconds((uint)time.TotalSeconds));

    public static byte[] Sub(byte type, byte[] content) => content.Length < 190
        ? [(byte)(content.Length + 1), type, .. content]
        : [255, .. Seconds((uint)content.Length + 1), type, .. content];

    public static byte[] Packet(int tag, byte[] content) => [(byte)(0xC0 | tag), 255, .. Seconds((uint)content.Length), .. content];

    public byte[] Issuer() => Sub(33, [4, .. Fingerprint]);

    public byte[] SelfCertification(params byte[][] subpackets) =>
        Packet(2, Sign(0x13, [.. Hashed, .. HashedUserId], [Issuer(), .. subpackets]));

    /// <summary>The usual certificate: born, self-certified, may sign and certify.</summary>
    public byte[] Certificate() => [.. PublicKey, .. UserId, .. SelfCertification(Created(Born), Flags(3))];

    /// <summary>A signature packet's body.</summary>
    public byte[] Sign(byte type, byte[] data, byte[][] hashed, byte[]? unhashed = null, byte version = 4, byte hashAlgorithm = 8)
    {
        var area = hashed.SelectMany(subpacket => subpacket).ToArray();
        byte[] head = [version, type, 27, hashAlgorithm, (byte)(area.Length >> 8), (byte)area.Length, .. area];
        var digest = Digest([.. data, .. head, 4, 0xFF, .. Seconds((uint)head.Length)], hashAlgorithm);
        unhashed ??= [];
        return [.. head, (byte)(unhashed.Length >> 8), (byte)unhashed.Length, .. unhashed, digest[0], digest[1], .. signer.Sign(digest)];
    }

    public void Dispose()
    {
        signer.Dispose();
        key.Dispose();
    }

    private static byte[] Digest(byte[] data, byte hashAlgorithm) => hashAlgorithm switch
    {
        2 => SHA1.HashData(data),
        8 => SHA256.HashData(data),
        _ => SHA512.HashData(data),
    };

    private static byte[] Time(DateTimeOffset time) => Seconds((uint)time.ToUnixTimeSeconds());

    private static byte[] Seconds(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }
}
