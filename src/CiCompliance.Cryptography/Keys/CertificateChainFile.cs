namespace CiCompliance.Cryptography.Keys;

/// <summary>A PEM file of certificates, the key's own first, each further one the issuer of the one before.</summary>
internal static class CertificateChainFile
{
    private const int MaxCertificates = 10;

    public static IReadOnlyList<byte[]> Read(string reference, byte[] publicKey)
    {
        var blocks = PemBlock.ReadAll(SecretFile.ReadPublic(reference, KeyDiagnostics.MalformedChain), MaxCertificates);
        if (blocks is null or [] || blocks.Any(block => block.Label != "CERTIFICATE"))
        {
            throw Malformed(reference, new LocalizedText("it is not a PEM file of one to ten certificates", "该文件不是包含一至十张证书的 PEM 文件"));
        }

        var certificates = blocks.Select(block => X509CertificateInfo.TryRead(block.Content)
            ?? throw Malformed(reference, new LocalizedText("one of its certificates is malformed or larger than 16 KiB", "其中有证书格式错误或超过 16 KiB"))).ToList();
        if (!certificates[0].PublicKey.AsSpan().SequenceEqual(publicKey))
        {
            throw new CiComplianceException(
                KeyDiagnostics.ForeignChain,
                reference,
                new LocalizedText("the first certificate is for another key", "第一张证书对应的是其他密钥"),
                new LocalizedText("put the certificate of this key first", "请将该密钥的证书放在最前"));
        }

        if (certificates.Zip(certificates.Skip(1)).Any(pair => !pair.First.Issuer.AsSpan().SequenceEqual(pair.Second.Subject)))
        {
            throw Malformed(reference, new LocalizedText("a certificate is not followed by its issuer's", "证书之后不是其签发者的证书"));
        }

        return [.. certificates.Select(certificate => certificate.Raw)];
    }

    private static CiComplianceException Malformed(string reference, LocalizedText what) => new(
        KeyDiagnostics.MalformedChain,
        reference,
        what,
        new LocalizedText("write the certificates in PEM, the key's own first, then each one's issuer", "请以 PEM 依次写入密钥自身的证书及各级签发者证书"));
}
