using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CiCompliance.Cryptography;
using CiCompliance.Keys;

namespace CiCompliance.Testing;

/// <summary>An RSA or ECDSA key with a certificate, as files that openssl and gpgsm read.</summary>
public sealed class X509Key
{
    private X509Key(string keyFile, string certificateFile, X509Certificate2 certificate, AsymmetricAlgorithm key)
    {
        KeyFile = keyFile;
        CertificateFile = certificateFile;
        Certificate = certificate;
        Key = key;
    }

    public string KeyFile { get; }

    public string CertificateFile { get; }

    public X509Certificate2 Certificate { get; }

    public AsymmetricAlgorithm Key { get; }

    public byte[] PublicKey => Key.ExportSubjectPublicKeyInfo();

    public TrustedKey Trusted => new(PublicKeyInfo.KeyId(PublicKey), "dev", KeyRole.Committer, PublicKeyInfo.AlgorithmOf(PublicKey), PublicKey, []);

    /// <param name="kind"><c>rsa3072</c>, <c>p256</c>, <c>p384</c> or <c>p521</c>.</param>
    /// <param name="issuer">Null: self-signed.</param>
    /// <param name="extensions">Beside keyUsage, subjectKeyIdentifier and the address.</param>
    public static X509Key Create(
        TempDirectory directory, string kind, X509Key? issuer = null, DateTimeOffset? from = null, DateTimeOffset? until = null, string name = "Dev", bool isAuthority = false,
        X509KeyUsageFlags usage = X509KeyUsageFlags.DigitalSignature, params X509Extension[] extensions)
    {
        AsymmetricAlgorithm key = kind.StartsWith("rsa", StringComparison.Ordinal)
            ? RSA.Create(int.Parse(kind[3..], System.Globalization.CultureInfo.InvariantCulture))
            : ECDsa.Create(kind switch { "p256" => ECCurve.NamedCurves.nistP256, "p384" => ECCurve.NamedCurves.nistP384, _ => ECCurve.NamedCurves.nistP521 });
        var subject = $"CN={name}, E={name.ToLowerInvariant()}@example.cn";
        var request = key is RSA rsa
            ? new CertificateRequest(subject, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest(subject, (ECDsa)key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(isAuthority ? X509KeyUsageFlags.KeyCertSign : usage, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddEmailAddress(name.ToLowerInvariant() + "@alt.example.cn");
        request.CertificateExtensions.Add(names.Build());
        extensions.ToList().ForEach(request.CertificateExtensions.Add);
        var (notBefore, notAfter) = (from ?? DateTimeOffset.UtcNow.AddHours(-1), until ?? DateTimeOffset.UtcNow.AddDays(10));
        var generator = issuer?.Key switch
        {
            null => null,
            RSA issuing => X509SignatureGenerator.CreateForRSA(issuing, RSASignaturePadding.Pkcs1),
            var issuing => X509SignatureGenerator.CreateForECDsa((ECDsa)issuing),
        };
        var certificate = generator is null
            ? request.CreateSelfSigned(notBefore, notAfter)
            : request.Create(issuer!.Certificate.SubjectName, generator, notBefore, notAfter, [0x41, .. RandomNumberGenerator.GetBytes(8)]);
        var id = Guid.NewGuid().ToString("N");
        return new X509Key(
            directory.Write(id + ".key", key.ExportPkcs8PrivateKeyPem() + "\n"), directory.Write(id + ".crt", certificate.ExportCertificatePem() + "\n"), certificate, key);
    }

    /// <summary>A detached signature by openssl, DER.</summary>
    public byte[] Sign(byte[] content, params string[] options) => SignWith([this], content, options);

    /// <summary>One message with a signer for each key.</summary>
    public static byte[] SignWith(IReadOnlyList<X509Key> keys, byte[] content, params string[] options) =>
        Peer.Run("openssl", ["cms", "-sign", "-binary", "-outform", "DER", .. keys.SelectMany(key => (string[])["-signer", key.CertificateFile, "-inkey", key.KeyFile]), .. options], input: content).Output;
}
