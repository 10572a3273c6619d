using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using CiCompliance.Cryptography.Keys;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace CiCompliance.Server.Hosting;

/// <summary>The server's certificate, and whose certificates its writers have.</summary>
internal static class ServerTls
{
    private const int MaxFile = 1 << 20;

    /// <returns>Null where the server speaks plain HTTP.</returns>
    /// <exception cref="CiComplianceException">CIC7003 or CIC7005.</exception>
    public static HttpsConnectionAdapterOptions? Of(ServerOptions options)
    {
        if (options is { TlsCertificate: null, TlsKey: null })
        {
            return options.ClientCa is null ? null
                : throw new CiComplianceException(ServerDiagnostics.BadWriterCa, "--writer-ca",
                    new("client certificates need TLS", "客户端证书需要 TLS"), new("Give --tls-certificate and --tls-key", "请给出 --tls-certificate 与 --tls-key"));
        }

        if (options is not { TlsCertificate: { } certificateFile, TlsKey: { } key })
        {
            throw BadCertificate("--tls-certificate", "certificate and key come together", "证书与密钥须同时给出", null);
        }

        var https = new HttpsConnectionAdapterOptions { HandshakeTimeout = TimeSpan.FromSeconds(10) };
        (https.ServerCertificate, https.ServerCertificateChain) = Read(certificateFile, key);
        if (options.ClientCa is { } ca)
        {
            var roots = ReadCas(ca);
            // Reading needs none; one that is shown must be right.
            https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
            https.ClientCertificateValidation = (certificate, sent, _) => IsOf(certificate, sent, roots);
        }

        return https;
    }

    private static (X509Certificate2 Certificate, X509Certificate2Collection Chain) Read(string file, string keyReference)
    {
        var secret = SecretContent.Read(keyReference);
        var pem = new char[Encoding.ASCII.GetMaxCharCount(secret.Length)];
        try
        {
            var length = Encoding.ASCII.GetChars(secret, pem);
            var certificates = new X509Certificate2Collection();
            var text = ReadText(file);
            certificates.ImportFromPem(text);
            using var withKey = X509Certificate2.CreateFromPem(text, pem.AsSpan(0, length));
            certificates.RemoveAt(0);
            // Once more through PKCS #12: a key that lives in the object alone is not taken by every platform's TLS.
            return (X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null), certificates);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            throw BadCertificate(file, "certificate and key are not PEM, or do not belong together", "证书与密钥不是 PEM,或不匹配", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
            pem.AsSpan().Clear();
        }
    }

    private static X509Certificate2Collection ReadCas(string file)
    {
        try
        {
            var roots = new X509Certificate2Collection();
            roots.ImportFromPem(ReadText(file));
            return roots.Count > 0 ? roots : throw new CryptographicException("no certificate in it");
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new CiComplianceException(ServerDiagnostics.BadWriterCa, file,
                new("it holds no certificates in PEM", "其中没有 PEM 证书"), new("Give the CA certificates, one after the other", "请给出依次排列的 CA 证书"), e);
        }
    }

    private static string ReadText(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read);
        var content = new byte[MaxFile + 1];
        var count = stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
        return count <= MaxFile ? Encoding.ASCII.GetString(content, 0, count) : throw new IOException("it is too large");
    }

    private static bool IsOf(X509Certificate2 certificate, X509Chain? sent, X509Certificate2Collection roots)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(roots);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.2")); // client authentication
        if (sent is not null)
        {
            chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
        }

        return chain.Build(certificate);
    }

    private static CiComplianceException BadCertificate(string origin, string en, string zh, Exception? cause) =>
        new(ServerDiagnostics.BadCertificate, origin, new(en, zh),
            new("Give --tls-certificate FILE (PEM, the chain after it) and --tls-key FILE (PKCS#8 in PEM, not encrypted)",
                "请给出 --tls-certificate 文件(PEM,证书链在后)与 --tls-key 文件(PEM 形式的 PKCS#8,未加密)"), cause);
}
