using System.Security.Cryptography;
using System.Text;
using CiCompliance.Cryptography;
using CiCompliance.Cryptography.Keys;
using CiCompliance.Evidence;
using CiCompliance.Keys;
using CiCompliance.Tool.CommandLine;
using CiCompliance.Tool.Hosting;

namespace CiCompliance.Tool.GitSigning;

/// <summary>
/// Where one person's signing key lives: <c>cicompliance/git-sign</c> in XDG_CONFIG_HOME or else <c>~/.config</c>, for this user alone. Nothing in it is ever
/// overwritten.
/// </summary>
internal sealed class SigningFolder(string path)
{
    private static readonly TimeSpan Validity = TimeSpan.FromDays(2 * 365);

    public string Trust => Path.Combine(path, "trust.json");

    private string Key => Path.Combine(path, "key.pem");

    private string Certificate => Path.Combine(path, "certificate.pem");

    private string Request => Path.Combine(path, "request.pem");

    public static SigningFolder Of(ToolHost host)
    {
        var home = host.Environment("XDG_CONFIG_HOME") is { Length: > 0 } set && Path.IsPathFullyQualified(set) ? set
            : host.Environment("HOME") is { Length: > 0 } user && Path.IsPathFullyQualified(user) ? Path.Combine(user, ".config")
            : throw new CiComplianceException(ToolDiagnostics.Prerequisite, "HOME",
                new("neither HOME nor XDG_CONFIG_HOME names a folder", "HOME 和 XDG_CONFIG_HOME 均未指明目录"), new("Set HOME", "请设置 HOME"));
        return new SigningFolder(Path.Combine(home, "cicompliance", "git-sign"));
    }

    public static string PublicKeyPem(byte[] publicKey) => PemEncoding.WriteString("PUBLIC KEY", publicKey) + "\n";

    /// <exception cref="CiComplianceException">A key in the working tree would be committed one day (CIC0023).</exception>
    public static void CheckOutside(string file, string tree)
    {
        if (LinkTrail.Of(file).Any(step => LinkTrail.IsInside(step, tree)))
        {
            throw new CiComplianceException(ToolDiagnostics.NotSetUpToSign, file,
                new($"it leads into the working tree {tree}, where a key does not belong", $"它指向工作树 {tree} 之内,密钥不应放在那里"),
                new("Keep the key outside the repository", "请将密钥放在仓库之外"));
        }
    }

    public void CheckOutside(string tree) => CheckOutside(Key, tree);

    /// <summary>A new key with a self-signed certificate, or with a request for one.</summary>
    public SigningFiles Create(KeyHolder holder, string? passphraseReference, bool isRequest, DateTimeOffset now)
    {
        Make();
        CheckFree(Key);
        CheckFree(isRequest ? Request : Certificate);
        using var key = KeyGenerator.Generate(KeyAlgorithm.Sm2);
        using var signer = key.OpenSigner();

        // Made first: a name that no certificate takes must not leave a key behind.
        var pem = isRequest ? RequestPem(signer, holder) : Written(holder, () => SelfSignedCertificate.ToPem(SelfSignedCertificate.Create(signer, holder.Name, now.AddMinutes(-5), now + Validity, holder.Mail)));
        var passphrase = passphraseReference is null ? [] : SecretContent.ReadPassphrase(passphraseReference);
        try
        {
            key.Save(Key, passphrase);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(passphrase);
        }

        Write(isRequest ? Request : Certificate, pem);
        return new SigningFiles(key.KeyId, key.PublicKey, Key, Certificate, passphraseReference, isRequest ? Request : null);
    }

    /// <summary>A request for a key that is there already.</summary>
    public SigningFiles WriteRequest(ISigner signer, string key, string? passphrase, KeyHolder holder)
    {
        Make();
        Write(Request, RequestPem(signer, holder));
        return new SigningFiles(signer.KeyId, signer.PublicKey, key, Certificate, passphrase, Request);
    }

    public void WriteTrust(TrustStore trust)
    {
        Make();
        if (!File.Exists(Trust))
        {
            Write(Trust, Encoding.UTF8.GetString(trust.ToJson()) + "\n");
        }
    }

    private void Make()
    {
        try
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NotWritten(path, e);
        }
    }

    private static string RequestPem(ISigner signer, KeyHolder holder) =>
        Written(holder, () => CertificationRequest.ToPem(CertificationRequest.Create(signer, holder.Name, holder.Mail)));

    private static string Written(KeyHolder holder, Func<string> write)
    {
        try
        {
            return write();
        }
        catch (ArgumentException e)
        {
            throw new CiComplianceException(ToolDiagnostics.OptionValue, $"{holder.Name} <{holder.Mail}>",
                new("a certificate takes a name of 1 to 64 characters and an address in ASCII", "证书中的姓名为 1 至 64 个字符,邮箱须为 ASCII"),
                new($"Give {OptionTable.Name.Long} and {OptionTable.Mail.Long}", $"请给出 {OptionTable.Name.Long} 和 {OptionTable.Mail.Long}"), e);
        }
    }

    private static void CheckFree(string file)
    {
        if (File.Exists(file) || new FileInfo(file).LinkTarget is not null)
        {
            throw new CiComplianceException(KeyDiagnostics.NotWritten, file,
                new("it is there already, and keys are never overwritten", "文件已存在,密钥不会被覆盖"),
                new($"Use it here as well: {OptionTable.Sm2Key.Long} key.pem {OptionTable.Sm2Certificates.Long} certificate.pem; or move it away",
                    $"可在此沿用:{OptionTable.Sm2Key.Long} key.pem {OptionTable.Sm2Certificates.Long} certificate.pem;或将其移走"));
        }
    }

    private static void Write(string file, string text)
    {
        CheckFree(file);
        try
        {
            using var stream = new FileStream(file, FileMode.CreateNew, FileAccess.Write);
            stream.Write(Encoding.UTF8.GetBytes(text));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NotWritten(file, e);
        }
    }

    private static CiComplianceException NotWritten(string file, Exception cause) => new(KeyDiagnostics.NotWritten, file,
        new($"it cannot be written ({cause.Message})", $"无法写入({cause.Message})"), new("Choose a home folder that can be written", "请使用可写的主目录"), cause);
}
