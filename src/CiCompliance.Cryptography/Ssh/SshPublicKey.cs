using System.Numerics;
using System.Security.Cryptography;
using CiCompliance.Cryptography.Keys;

namespace CiCompliance.Cryptography.Ssh;

/// <summary>One public key blob (RFC 4253 §6.6, RFC 5656 §3.1, RFC 8709 §4, OpenSSH's PROTOCOL.u2f), or one of a kind that is known and not accepted.</summary>
/// <param name="Type">The blob's own name for its kind.</param>
/// <param name="FieldSize">Bytes of the RSA modulus, or of a coordinate of the point.</param>
/// <param name="Application">For keys in authenticators, the application they were made for; it is part of what they sign.</param>
/// <param name="Refusal">Why keys of this kind are not accepted; null for those that are.</param>
/// <param name="IsWeak">Refused for its strength, not for its kind.</param>
internal sealed record SshPublicKey(
    string Type,
    byte[]? Ed25519 = null,
    PreparedKey<ECDsa>? Ecdsa = null,
    PreparedKey<RSA>? Rsa = null,
    int FieldSize = 0,
    byte[]? Application = null,
    LocalizedText? Refusal = null,
    bool IsWeak = false)
{
    public const string SkEd25519 = "sk-ssh-ed25519@openssh.com";
    public const string SkEcdsa = "sk-ecdsa-sha2-nistp256@openssh.com";

    private const int MaxBlob = 16 << 10;
    private const int MinRsaBits = 2048;
    private const int MaxRsaBits = 16384;

    /// <summary>How the line of such a key begins in files of public keys.</summary>
    public static bool IsType(string word) => word.StartsWith("ssh-", StringComparison.Ordinal) || word.StartsWith("ecdsa-sha2-", StringComparison.Ordinal)
        || word.StartsWith("sk-ssh-", StringComparison.Ordinal) || word.StartsWith("sk-ecdsa-", StringComparison.Ordinal);

    /// <exception cref="FormatException">Malformed, or not in its one canonical form.</exception>
    public static SshPublicKey Parse(ReadOnlySpan<byte> blob)
    {
        if (blob.Length > MaxBlob)
        {
            throw new FormatException("a key larger than 16 KiB");
        }

        var reader = new SshReader(blob);
        var type = reader.ReadName();
        SshPublicKey key;
        switch (type)
        {
            case "ssh-ed25519" or SkEd25519:
                key = new(type, Ed25519: reader.ReadString() is { Length: PublicKeyInfo.Ed25519Size } point ? point.ToArray() : throw new FormatException("not an Ed25519 key"));
                break;
            case "ecdsa-sha2-nistp256" or SkEcdsa:
                key = new(type, Ecdsa: ReadPoint(ref reader, "nistp256", ECCurve.NamedCurves.nistP256, 32), FieldSize: 32);
                break;
            case "ecdsa-sha2-nistp384":
                key = new(type, Ecdsa: ReadPoint(ref reader, "nistp384", ECCurve.NamedCurves.nistP384, 48), FieldSize: 48);
                break;
            case "ecdsa-sha2-nistp521":
                key = new(type, Ecdsa: ReadPoint(ref reader, "nistp521", ECCurve.NamedCurves.nistP521, 66), FieldSize: 66);
                break;
            case "ssh-rsa":
                key = ReadRsa(ref reader);
                break;
            default:
                return Refused(type);
        }

        key = type is SkEd25519 or SkEcdsa ? key with { Application = reader.ReadString().ToArray() } : key;
        reader.RequireEnd();
        return key;
    }

    private static SshPublicKey Refused(string type) =>
        type == "ssh-dss" ? new(type, IsWeak: true, Refusal: new("DSA keys are too weak", "DSA 密钥强度不足"))
        : type.Contains("-cert-v", StringComparison.Ordinal) ? new(type, Refusal: new(
            "an SSH certificate made it, and only plain keys are accepted", "它由 SSH 证书签名,此处只接受普通密钥"))
        : new(type, Refusal: new($"SSH keys of the kind '{type}' are not accepted", $"不接受“{type}”类型的 SSH 密钥"));

    private static SshPublicKey ReadRsa(ref SshReader reader)
    {
        var exponent = reader.ReadMpint().ToArray();
        var modulus = reader.ReadMpint().ToArray();
        var bits = (modulus.Length * 8) - BitOperations.LeadingZeroCount((uint)modulus[0]) + 24;
        if (bits > MaxRsaBits || exponent.Length > 4 || exponent is [1] || (exponent[^1] & 1) == 0)
        {
            throw new FormatException("an RSA key out of bounds");
        }

        return bits < MinRsaBits
            ? new("ssh-rsa", IsWeak: true, Refusal: new("the RSA key has fewer than 2048 bits", "RSA 密钥不足 2048 位"))
            : new("ssh-rsa", Rsa: new(() => RSA.Create(new RSAParameters { Modulus = modulus, Exponent = exponent })), FieldSize: modulus.Length);
    }

    private static PreparedKey<ECDsa> ReadPoint(ref SshReader reader, string name, ECCurve curve, int size)
    {
        var isNamed = reader.ReadName() == name;
        var point = reader.ReadString();
        if (!isNamed || point.Length != 1 + (2 * size) || point[0] != 4)
        {
            throw new FormatException("not a point of its curve");
        }

        var q = new ECPoint { X = point.Slice(1, size).ToArray(), Y = point[(1 + size)..].ToArray() };
        return new(() => ECDsa.Create(new ECParameters { Curve = curve, Q = q }));
    }
}
