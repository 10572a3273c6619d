using System.Formats.Asn1;
using System.Security.Cryptography;
using CiCompliance.Cryptography.Keys;
using CiCompliance.Keys;

namespace CiCompliance.Cryptography;

/// <summary>
/// Opens SM2, P-256 and Ed25519 keys: one PKCS#8 block in PEM, plain or encrypted (PBES2). The signers are thread safe.
/// A key file that other users can read, or that anyone but its owner can write, is refused; a group may read it.
/// </summary>
public sealed class SignerFactory : ISignerFactory
{
    public ISigner Open(KeyReference reference, KeyAlgorithm algorithm) => Open(reference, algorithm, Name(algorithm));

    /// <summary>Opens a key of whichever of these algorithms it is.</summary>
    /// <exception cref="CiComplianceException">The key or the passphrase is missing, malformed or of another algorithm.</exception>
    public static ISigner OpenAny(KeyReference reference) => Open(reference, null, "SM2, ECDSA P-256 or Ed25519");

    private static ISigner Open(KeyReference reference, KeyAlgorithm? algorithm, string name)
    {
        var key = ReadKey(reference, name);
        try
        {
            if (key.Algorithm != (algorithm ?? key.Algorithm))
            {
                throw WrongAlgorithm(reference.Key, name);
            }

            return PrivateKeySigner.Create(key, reference.CertificateChain is { } chain ? CertificateChainFile.Read(chain, key.PublicKey) : []);
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    private static KeyMaterial ReadKey(KeyReference reference, string name) => ReadKey(reference) ?? throw WrongAlgorithm(reference.Key, name);

    private static KeyMaterial? ReadKey(KeyReference reference)
    {
        var text = SecretFile.ReadSecret(reference.Key);
        var blocks = PemBlock.ReadAll(text, maximum: 1);
        CryptographicOperations.ZeroMemory(text);
        try
        {
            return blocks switch
            {
                [{ Label: "PRIVATE KEY" } block] => Pkcs8.Read(block.Content),
                [{ Label: "ENCRYPTED PRIVATE KEY" } block] => ReadEncrypted(reference, block.Content),
                _ => throw Malformed(reference.Key),
            };
        }
        catch (Exception e) when (e is AsnContentException or CryptographicException)
        {
            throw Malformed(reference.Key);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(blocks is [var block] ? block.Content : []);
        }
    }

    private static KeyMaterial? ReadEncrypted(KeyReference reference, byte[] content)
    {
        var passphrase = SecretFile.ReadPassphrase(reference.Passphrase ?? throw new CiComplianceException(
            KeyDiagnostics.PassphraseNeeded,
            reference.Key,
            new LocalizedText("the key is encrypted and no passphrase was given", "密钥已加密，但未提供口令"),
            new LocalizedText("name a file or descriptor that holds the passphrase", "请指定存放口令的文件或描述符")));
        byte[]? decrypted = null;
        try
        {
            decrypted = Pbes2.Decrypt(content, passphrase);
            return ReadDecrypted(reference, decrypted);
        }
        catch (CryptographicException)
        {
            throw WrongPassphrase(reference);
        }
        catch (NotSupportedException e)
        {
            throw new CiComplianceException(
                KeyDiagnostics.UnsupportedEncryption,
                reference.Key,
                new LocalizedText($"its encryption is {e.Message}", "密钥的加密方式不受支持"),
                new LocalizedText("convert it: openssl pkcs8 -topk8 -v2 aes-256-cbc -v2prf hmacWithSHA256", "请转换：openssl pkcs8 -topk8 -v2 aes-256-cbc -v2prf hmacWithSHA256"),
                e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(passphrase);
            CryptographicOperations.ZeroMemory(decrypted);
        }
    }

    // One wrong passphrase in 256 leaves a padding that looks right: what comes out is then no key.
    private static KeyMaterial? ReadDecrypted(KeyReference reference, byte[] decrypted)
    {
        try
        {
            return Pkcs8.Read(decrypted);
        }
        catch (AsnContentException)
        {
            throw WrongPassphrase(reference);
        }
    }

    private static CiComplianceException Malformed(string origin) => new(
        KeyDiagnostics.MalformedKey,
        origin,
        new LocalizedText("it is not exactly one PKCS#8 private key in PEM", "该文件不是单个 PEM 格式的 PKCS#8 私钥"),
        new LocalizedText("convert it: openssl pkcs8 -topk8", "请转换：openssl pkcs8 -topk8"));

    private static CiComplianceException WrongPassphrase(KeyReference reference) => new(
        KeyDiagnostics.WrongPassphrase,
        reference.Key,
        new LocalizedText("the passphrase does not open it, or the file is damaged", "口令无法打开密钥，或文件已损坏"),
        new LocalizedText("check which passphrase belongs to this key", "请核对该密钥的口令"));

    private static CiComplianceException WrongAlgorithm(string origin, string name) => new(
        KeyDiagnostics.WrongAlgorithm,
        origin,
        new LocalizedText($"it is not a key for {name}", $"该密钥不是 {name} 密钥"),
        new LocalizedText("name the key of the right algorithm", "请指定对应算法的密钥"));

    private static string Name(KeyAlgorithm algorithm) => algorithm switch
    {
        KeyAlgorithm.Sm2 => "SM2",
        KeyAlgorithm.EcdsaP256 => "ECDSA P-256",
        KeyAlgorithm.Ed25519 => "Ed25519",
        _ => algorithm.ToString(),
    };
}
