using System.Security.Cryptography;
using CiCompliance.Cryptography;
using CiCompliance.GoProxy.Publishers;
using CiCompliance.Keys;

namespace CiCompliance.Testing;

/// <summary>A publisher of Go modules: Ed25519 and P-256 by openssl, OpenPGP by gpg, SM2 by the product's own keys.</summary>
public sealed class TestPublisher : IDisposable
{
    private readonly TempDirectory directory = new();
    private readonly Func<byte[], byte[]> sign;
    private readonly IDisposable? holder;

    private TestPublisher(KeyAlgorithm algorithm, string prefix)
    {
        (byte[] publicKey, string? id) = ([], null);
        switch (algorithm)
        {
            case KeyAlgorithm.OpenPgp:
                var gpg = new GpgHome();
                (holder, Gpg) = (gpg, gpg);
                id = gpg.Generate("publisher@example.cn", "ed25519");
                publicKey = gpg.Export(id);
                sign = message => gpg.Run(at: null, message, "--detach-sign", "--local-user", id).Output;
                break;
            case KeyAlgorithm.Sm2:
                var key = KeyGenerator.Generate(algorithm);
                (holder, publicKey) = (key, key.PublicKey);
                key.Save(KeyFile);
                sign = message => SignWith(key, message);
                break;
            default:
                string[] kind = algorithm == KeyAlgorithm.Ed25519 ? ["ed25519"] : ["EC", "-pkeyopt", "ec_paramgen_curve:P-256"];
                Peer.Run("openssl", ["genpkey", "-out", KeyFile, "-algorithm", .. kind]);
                File.SetUnixFileMode(KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
                publicKey = Peer.Run("openssl", ["pkey", "-in", KeyFile, "-pubout", "-outform", "DER"]).Output;
                sign = algorithm == KeyAlgorithm.Ed25519 ? SignEd25519 : message => Peer.Run("openssl", ["dgst", "-sha256", "-sign", KeyFile], input: message).Output;
                break;
        }

        Key = new(id ?? Convert.ToHexStringLower(SHA256.HashData(publicKey)), "Team", KeyRole.Publisher, algorithm, publicKey, [prefix]);
    }

    public TrustedKey Key { get; }

    /// <summary>PKCS#8 in PEM; there is none of an OpenPGP key.</summary>
    public string KeyFile => directory.Combine("key.pem");

    /// <summary>Where the key of an OpenPGP publisher is.</summary>
    public GpgHome? Gpg { get; }

    public static TestPublisher Create(KeyAlgorithm algorithm, string prefix) => new(algorithm, prefix);

    public ModuleSignature Sign(ModuleStatement statement) => new(Key.Id, sign(statement.SignedBytes));

    public void Dispose()
    {
        holder?.Dispose();
        directory.Dispose();
    }

    private static byte[] SignWith(GeneratedKey key, byte[] message)
    {
        using var signer = key.OpenSigner();
        return signer.Sign(message);
    }

    private byte[] SignEd25519(byte[] message)
    {
        // openssl wants to know the length before it reads.
        var file = directory.Combine(Guid.NewGuid().ToString("N"));
        File.WriteAllBytes(file, message);
        return Peer.Run("openssl", ["pkeyutl", "-sign", "-rawin", "-inkey", KeyFile, "-in", file]).Output;
    }
}
