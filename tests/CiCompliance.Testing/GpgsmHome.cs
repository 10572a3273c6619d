using System.Globalization;
using System.Security.Cryptography;

namespace CiCompliance.Testing;

/// <summary>An isolated GnuPG home for X.509: keys without passphrases, one trusted root, no revocation lists. Its agent ends with it.</summary>
public sealed class GpgsmHome : IDisposable
{
    private readonly TempDirectory directory = new();

    public GpgsmHome(X509Key root)
    {
        File.SetUnixFileMode(directory.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        directory.Write("gpgsm.conf", "disable-crl-checks\nbatch\npinentry-mode loopback\n");
        directory.Write("trustlist.txt", Convert.ToHexString(SHA1.HashData(root.Certificate.RawData)) + " S relax\n");
        Run("--import", root.CertificateFile);
    }

    public IReadOnlyDictionary<string, string> Environment =>
        new Dictionary<string, string> { ["GNUPGHOME"] = directory.Path, ["LC_ALL"] = "C.UTF-8" };

    /// <summary>Gives the fingerprint to sign with.</summary>
    public string Import(X509Key key)
    {
        Run("--import", key.CertificateFile);
        if (key.Key is RSA)
        {
            var p12 = directory.Combine("key.p12");
            Peer.Run("openssl", ["pkcs12", "-export", "-legacy", "-in", key.CertificateFile, "-inkey", key.KeyFile, "-out", p12, "-passout", "pass:"]);
            Run("--passphrase-fd", "0", "--import", p12);
        }
        else
        {
            // gpgsm 2.2 can't import elliptic curve keys from PKCS #12: this is the file it would write.
            WriteAgentKey(key);
        }

        return key.Certificate.Thumbprint;
    }

    public Peer.Result Run(params string[] arguments) => Peer.Run("gpgsm", arguments, Environment, []);

    public void Dispose()
    {
        Peer.TryRun("gpgconf", ["--homedir", directory.Path, "--kill", "gpg-agent"], Environment);
        directory.Dispose();
    }

    private void WriteAgentKey(X509Key key)
    {
        var curve = ((ECDsa)key.Key).ExportParameters(includePrivateParameters: true);
        var grip = Run("--with-colons", "--with-keygrip", "--list-keys", key.Certificate.Thumbprint).Text.Split('\n')
            .First(line => line.StartsWith("grp:", StringComparison.Ordinal)).Split(':')[9];
        var text = string.Create(CultureInfo.InvariantCulture,
            $"Key: (private-key (ecc (curve \"NIST P-{curve.D!.Length * 8}\")(q #04{Convert.ToHexString(curve.Q.X!)}{Convert.ToHexString(curve.Q.Y!)}#)(d #{Convert.ToHexString(curve.D)}#)))\n");
        Directory.CreateDirectory(directory.Combine("private-keys-v1.d"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.WriteAllText(directory.Combine("private-keys-v1.d", grip + ".key"), text);
        File.SetUnixFileMode(directory.Combine("private-keys-v1.d", grip + ".key"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
