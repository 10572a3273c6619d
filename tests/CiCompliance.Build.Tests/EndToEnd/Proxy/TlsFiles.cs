using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CiCompliance.Testing;

namespace CiCompliance.Build.Tests.EndToEnd.Proxy;

/// <summary>A self-signed certificate for localhost and 127.0.0.1, and its key, as files.</summary>
internal sealed record TlsFiles(string Certificate, string Key)
{
    public static TlsFiles Write(TempDirectory folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, true));
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1));
        var file = folder.Write("tls/key.pem", key.ExportPkcs8PrivateKeyPem());
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return new(folder.Write("tls/certificate.pem", certificate.ExportCertificatePem()), file);
    }
}
