using System.Security.Cryptography;
using CiCompliance.Sigstore;

namespace CiCompliance.Core.Tests.Sigstore;

public sealed class TrustedLogTests
{
    [TestCase(2048, "PKIX_RSA_PKCS1V15_2048_SHA256", true)]
    [TestCase(2048, "PKIX_RSA_PKCS1V15_3072_SHA256", false)]
    [TestCase(2048, "PKIX_RSA_PKCS1V15_4096_SHA256", false)]
    [TestCase(3072, "PKIX_RSA_PKCS1V15_2048_SHA256", false)]
    [TestCase(3072, "PKIX_RSA_PKCS1V15_3072_SHA256", true)]
    [TestCase(2560, "PKIX_RSA_PKCS1V15_2560_SHA256", false)]
    [TestCase(2560, "PKIX_RSA_PKCS1V5", true)]
    [TestCase(2048, "PKIX_RSA_PSS_2048_SHA256", false)]
    [TestCase(2048, "PKIX_ECDSA_P256_SHA_256", false)]
    [TestCase(2048, "PKCS1_RSA_PKCS1V5", false)]
    public void TryReadKey_OfRsa_HoldsItToItsSize(int bits, string details, bool counts)
    {
        using var rsa = RSA.Create(bits);
        var log = Log(rsa.ExportSubjectPublicKeyInfo()) with { KeyDetails = details };

        (log.TryReadKey() is not null).ShouldBe(counts);
    }

    [Test]
    public void TryReadKey_OfRsaInItsOwnForm_TakesTheOldWordAlone()
    {
        using var rsa = RSA.Create(2048);
        var log = Log(rsa.ExportRSAPublicKey());

        (log with { KeyDetails = "PKCS1_RSA_PKCS1V5" }).TryReadKey().ShouldNotBeNull();
        (log with { KeyDetails = "PKIX_RSA_PKCS1V15_2048_SHA256" }).TryReadKey().ShouldBeNull();
        (log with { KeyDetails = "PKIX_RSA_PKCS1V5" }).TryReadKey().ShouldBeNull();
    }

    private static TrustedLog Log(byte[] publicKey) => new("https://log.test", new byte[32], publicKey, new(DateTimeOffset.UnixEpoch, null));
}
