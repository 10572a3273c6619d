using System.Security.Cryptography;
using System.Text;
using CiCompliance.Cryptography.Keys;
using CiCompliance.Keys;

namespace CiCompliance.Cryptography;

/// <summary>A new key pair. Disposing clears the private part; signers opened from it keep their own copy.</summary>
public sealed class GeneratedKey : IDisposable
{
    private readonly KeyMaterial key;

    internal GeneratedKey(KeyMaterial key) => this.key = key;

    public KeyAlgorithm Algorithm => key.Algorithm;

    /// <summary>DER SubjectPublicKeyInfo.</summary>
    public byte[] PublicKey => [.. key.PublicKey];

    /// <summary>Lower-case hex SHA-256 of <see cref="PublicKey"/>.</summary>
    public string KeyId => PublicKeyInfo.KeyId(key.PublicKey);

    /// <summary><c>PUBLIC KEY</c> (RFC 7468 §13).</summary>
    public string PublicKeyPem => PemEncoding.WriteString("PUBLIC KEY", key.PublicKey) + "\n";

    /// <summary>PKCS#8 PEM bytes, for the caller to clear: plain, or PBES2 (PBKDF2-HMAC-SHA256, AES-256-CBC) when a passphrase is given.</summary>
    public byte[] PrivateKeyPem(ReadOnlySpan<byte> passphrase = default)
    {
        var der = Pkcs8.Write(key);
        var encrypted = passphrase.IsEmpty ? null : Pbes2.Encrypt(der, passphrase);
        var pem = PemEncoding.Write(encrypted is null ? "PRIVATE KEY" : "ENCRYPTED PRIVATE KEY", encrypted ?? der);
        var bytes = new byte[pem.Length + 1];
        Encoding.ASCII.GetBytes(pem, bytes);
        bytes[^1] = (byte)'\n';
        CryptographicOperations.ZeroMemory(der);
        pem.AsSpan().Clear();
        return bytes;
    }

    /// <summary>Writes a new file with mode 600; never over an existing one.</summary>
    /// <exception cref="CiComplianceException">It exists, or its folder can't be written (CIC3011).</exception>
    public void Save(string path, ReadOnlySpan<byte> passphrase = default)
    {
        var pem = PrivateKeyPem(passphrase);
        try
        {
            using var stream = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                BufferSize = 0,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
            stream.Write(pem);
            stream.Flush(flushToDisk: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CiComplianceException(
                KeyDiagnostics.NotWritten,
                path,
                new LocalizedText("it exists already, or its folder cannot be written", "文件已存在，或所在目录不可写"),
                new LocalizedText("name a new file in a folder of your own", "请指定自有目录中的新文件"),
                e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pem);
        }
    }

    /// <summary>Opens the key without any file: for keys that live for one run.</summary>
    /// <param name="certificateChain">DER certificates, the key's own first.</param>
    public ISigner OpenSigner(params IReadOnlyList<byte[]> certificateChain) =>
        PrivateKeySigner.Create(KeyMaterial.Create(key.Algorithm, [.. key.Secret]), certificateChain);

    public void Dispose() => key.Dispose();
}
