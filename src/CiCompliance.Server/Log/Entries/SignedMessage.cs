using System.Security.Cryptography;

namespace CiCompliance.Server.Log.Entries;

/// <summary>What a DSSE signature is over. Each digest is computed once, however many keys and signatures are tried. Not thread safe.</summary>
internal sealed class SignedMessage(byte[] bytes)
{
    private byte[]? sha256;
    private byte[]? sha384;
    private byte[]? sha512;

    public byte[] Bytes => bytes;

    public byte[] Sha256 => sha256 ??= SHA256.HashData(bytes);

    public byte[] Sha384 => sha384 ??= SHA384.HashData(bytes);

    public byte[] Sha512 => sha512 ??= SHA512.HashData(bytes);
}
