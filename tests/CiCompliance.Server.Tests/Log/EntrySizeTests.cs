using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using CiCompliance.Policy;
using CiCompliance.Server.Hosting;
using CiCompliance.Server.Log.Entries;
using CiCompliance.Server.Log.Search;

namespace CiCompliance.Server.Tests.Log;

/// <summary>A tile of entries gives a length in 16 bits: what has more is refused when it is proposed, what has just so much is served.</summary>
public sealed class EntrySizeTests
{
    // A larger certificate makes a larger entry: base64 of DER, in Rekor v1 base64 of PEM.
    private const int MaxStep = 8;

    private readonly byte[] digest = RandomNumberGenerator.GetBytes(32);
    private RSA rsa = null!;
    private SigningKey key = null!;

    [OneTimeSetUp]
    public void Create()
    {
        rsa = RSA.Create(2048);
        key = new SigningKey(rsa);
    }

    [OneTimeTearDown]
    public void Remove()
    {
        key.Dispose();
        rsa.Dispose();
    }

    [TestCase(LogApi.V1)]
    [TestCase(LogApi.V2)]
    public async Task Create_UpToWhatATileHolds_IsServed_AndBeyondIsRefused(LogApi api)
    {
        await using var log = await RunningLog.StartAsync();
        var reader = new ProposalReader(new VerifierKeys(log.Verifier));
        var (fits, exceeds) = (0, 60_000);
        while (exceeds - fits > 1)
        {
            var middle = (fits + exceeds) / 2;
            (fits, exceeds) = Fits(reader, api, middle) ? (middle, exceeds) : (fits, middle);
        }

        using var refused = await PostAsync(log, api, exceeds);
        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await refused.Content.ReadAsStringAsync()).ShouldContain("more than 65535");
        log.Service.Store.Checkpoint.Size.ShouldBe(1);
        using var created = await PostAsync(log, api, fits);
        created.StatusCode.ShouldBe(HttpStatusCode.Created);

        var tile = (await log.Client.GetByteArrayAsync("/tile/entries/000.p/2")).AsSpan();
        var genesis = BinaryPrimitives.ReadUInt16BigEndian(tile);
        var length = BinaryPrimitives.ReadUInt16BigEndian(tile[(sizeof(ushort) + genesis)..]);
        ((int)length).ShouldBeInRange(EntryCandidate.MaxBody - MaxStep, EntryCandidate.MaxBody);
        tile[((2 * sizeof(ushort)) + genesis)..].SequenceEqual(log.Service.Store.Read(1).Body).ShouldBeTrue();
    }

    [Test]
    public void Of_ExactlyWhatATileHolds_IsTaken_AndOneByteMoreIsNot()
    {
        EntryCandidate.Of(new byte[65_535], new EntryKeys()).Body.Length.ShouldBe(65_535);
        Should.Throw<RefusedException>(() => EntryCandidate.Of(new byte[65_536], new EntryKeys())).Reason.ShouldBe("too-large");
    }

    private bool Fits(ProposalReader reader, LogApi api, int padding)
    {
        try
        {
            var request = Encoding.UTF8.GetBytes(Request(api, padding));
            return (api == LogApi.V1 ? reader.ReadV1(request) : reader.ReadV2(request)).Body.Length <= EntryCandidate.MaxBody;
        }
        catch (RefusedException e) when (e.Reason == "too-large")
        {
            return false;
        }
    }

    private Task<HttpResponseMessage> PostAsync(RunningLog log, LogApi api, int padding) =>
        api == LogApi.V1 ? log.CreateAsync(Request(api, padding)) : log.CreateV2Async(Request(api, padding));

    private string Request(LogApi api, int padding)
    {
        using var certificate = Certificate(padding);
        return api == LogApi.V1
            ? key.HashedRekord(digest, pemBase64: SigningKey.Base64(Encoding.ASCII.GetBytes(certificate.ExportCertificatePem() + "\n")))
            : key.V2(digest, "PKIX_RSA_PKCS1V15_2048_SHA256")
                .Replace("publicKey", "x509Certificate", StringComparison.Ordinal)
                .Replace(SigningKey.Base64(key.Info), SigningKey.Base64(certificate.RawData), StringComparison.Ordinal);
    }

    private X509Certificate2 Certificate(int padding)
    {
        var request = new CertificateRequest("CN=large", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509Extension("1.3.6.1.4.1.99999.1", new byte[padding], critical: false));
        var from = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        return request.Create(request.SubjectName, X509SignatureGenerator.CreateForRSA(rsa, RSASignaturePadding.Pkcs1), from, from.AddYears(1), [1, 2, 3]);
    }
}
