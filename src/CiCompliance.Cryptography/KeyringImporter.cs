using System.Text;
using CiCompliance.Cryptography.Keys;
using CiCompliance.Cryptography.OpenPgp;
using CiCompliance.Go.Sumdb;
using CiCompliance.Keys;

namespace CiCompliance.Cryptography;

/// <param name="Keys">Never empty; each id once.</param>
/// <param name="Findings">Notices about keys that were left out.</param>
public sealed record KeyringImport(IReadOnlyList<TrustedKey> Keys, IReadOnlyList<Finding> Findings);

/// <summary>
/// Turns files of public keys into trusted keys for one role: OpenPGP keyrings (armoured or binary, any number of keys), PEM public keys and
/// certificates (SM2, RSA, P-256/384/521, Ed25519; a certificate's dates become the key's window, its addresses the holder's), OpenSSH's
/// allowed_signers and public key files (principals become identities), and verifier keys of checksum databases and logs.
/// </summary>
public static class KeyringImporter
{
    private const int MaxPemBlocks = 10_000;

    /// <exception cref="CiComplianceException">CIC3100-CIC3102, CIC3104-CIC3106.</exception>
    public static KeyringImport Import(string path, KeyRole role, IReadOnlyList<string> repositories) =>
        Import(path, ReadFile(path), role, repositories);

    /// <param name="origin">Names the keys that have no name of their own, and the findings.</param>
    public static KeyringImport Import(string origin, ReadOnlySpan<byte> content, KeyRole role, IReadOnlyList<string> repositories)
    {
        var target = new ImportTarget(origin, role, repositories);
        if (content.IsEmpty)
        {
            throw target.Malformed();
        }

        if (content[0] >= 0x80)
        {
            OpenPgpImport.AddBinary(target, content);
        }
        else if (content.IndexOf("-----BEGIN PGP "u8) >= 0)
        {
            OpenPgpImport.AddArmored(target, content);
        }
        else if (content.IndexOf("-----BEGIN "u8) >= 0)
        {
            AddPem(target, content);
        }
        else if (SshImport.IsFor(content))
        {
            SshImport.Add(target, content);
        }
        else
        {
            AddVerifierKeys(target, content);
        }

        return target.Finish();
    }

    private static void AddPem(ImportTarget target, ReadOnlySpan<byte> content)
    {
        foreach (var block in PemBlock.ReadAll(content, MaxPemBlocks) ?? throw target.Malformed())
        {
            switch (block.Label)
            {
                case "PUBLIC KEY":
                    target.AddPublicKey(block.Content, name: null);
                    break;
                case "CERTIFICATE":
                    var certificate = X509CertificateInfo.TryRead(block.Content) ?? throw target.Malformed();
                    target.AddPublicKey(certificate.PublicKey, certificate.CommonName(), certificate.NotBefore, certificate.NotAfter, certificate.Mails());
                    break;
                case var label when label.Contains("PRIVATE", StringComparison.Ordinal):
                    throw target.SecretKey();
                default:
                    throw target.Malformed();
            }
        }
    }

    private static void AddVerifierKeys(ImportTarget target, ReadOnlySpan<byte> content)
    {
        foreach (var line in Encoding.UTF8.GetString(content).Split('\n').Select(line => line.Trim()))
        {
            if (line.Length == 0 || line.StartsWith('#'))
            {
                continue;
            }

            if (line.StartsWith("PRIVATE+KEY+", StringComparison.Ordinal))
            {
                throw target.SecretKey();
            }

            if (line.Count(character => character == '+') < 2)
            {
                throw target.Malformed();
            }

            target.AddVerifierKey(VerifierKey.TryParse(line, out var key) ? key : throw target.BadVerifierKey());
        }
    }

    private static byte[] ReadFile(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            var buffer = new byte[Math.Min(stream.CanSeek ? stream.Length : TrustStore.MaxBytes, TrustStore.MaxBytes) + 1];
            var count = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            return count <= TrustStore.MaxBytes ? buffer[..count] : throw new IOException("larger than 16 MiB");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CiComplianceException(
                TrustImportDiagnostics.Unreadable,
                path,
                new LocalizedText("it does not exist, is larger than 16 MiB, or this user may not read it", "文件不存在、超过 16 MiB，或当前用户无权读取"),
                new LocalizedText("name an existing keyring", "请指定存在的密钥环文件"),
                e);
        }
    }
}
