using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CiCompliance.Cryptography;
using CiCompliance.Server.Hosting;
using CiCompliance.Server.Log;
using CiCompliance.Server.Log.Security;
using CiCompliance.Testing;

namespace CiCompliance.Server.Tests.Log;

public sealed class AccessTests
{
    private const string Token = "0123456789abcdef0123456789abcdef";
    private const string Other = "fedcba9876543210fedcba9876543210";

    [Test]
    public async Task Tokens_AreNeededToWriteAndNotToRead()
    {
        using var folder = new TempDirectory();
        var file = Secret(folder, "tokens", $"{Other}\n{Token}\r\n");
        await using var log = await RunningLog.StartAsync(options => options with { Tokens = file });
        using var key = new SigningKey();
        foreach (var token in new[] { null, "", Token[..^1], Token + "0", "x" })
        {
            using var refused = await log.CreateAsync(key.HashedRekord(), token);
            refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, token);
            refused.Headers.WwwAuthenticate.ToString().ShouldBe("Bearer");
        }

        using var v2 = await log.CreateV2Async(key.V2());
        v2.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        foreach (var token in new[] { Token, Other })
        {
            using var created = await log.CreateAsync(key.HashedRekord(), token);
            created.StatusCode.ShouldBe(HttpStatusCode.Created);
        }

        ((long)(await log.GetJsonAsync("/api/v1/log"))["treeSize"]!).ShouldBe(3);
        (await log.Client.GetStringAsync("/metrics")).ShouldContain("cicompliance_log_rejected_total{reason=\"no-token\"} 6\n");
        log.Events.ToString().ShouldNotContain(Token);
    }

    [Test]
    public async Task WriterCa_WantsItsCertificatesToWrite()
    {
        using var folder = new TempDirectory();
        using var ca = Certificate("CN=writers", null, isCa: true);
        using var otherCa = Certificate("CN=writers", null, isCa: true);
        using var server = Certificate("CN=localhost", null);
        using var writer = Certificate("CN=writer", ca);
        using var stranger = Certificate("CN=writer", otherCa);
        await using var log = await RunningLog.StartAsync(options => Tls(options, folder, server) with { ClientCa = folder.Write("ca.pem", ca.ExportCertificatePem()) });
        log.Address.ShouldStartWith("https://127.0.0.1:");
        using var key = new SigningKey();

        using var anonymous = Client(log, server, null);
        (await anonymous.GetStringAsync("/healthz")).ShouldBe("ok\n");
        using var refused = await anonymous.PostAsync("/api/v1/log/entries", new StringContent(key.HashedRekord()));
        refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        using var known = Client(log, server, writer);
        using var created = await known.PostAsync("/api/v1/log/entries", new StringContent(key.HashedRekord()));
        created.StatusCode.ShouldBe(HttpStatusCode.Created);
        using var unknown = Client(log, server, stranger);
        await Should.ThrowAsync<Exception>(() => unknown.PostAsync("/api/v1/log/entries", new StringContent(key.HashedRekord())));
    }

    [Test]
    public async Task Tls_IsSpokenWithTheGivenCertificate()
    {
        using var folder = new TempDirectory();
        using var server = Certificate("CN=localhost", null);
        await using var log = await RunningLog.StartAsync(options => Tls(options, folder, server));
        using var client = Client(log, server, null);
        (await client.GetStringAsync("/checkpoint")).ShouldStartWith(RunningLog.Name);
    }

    [TestCase("3000", "CIC7001")]
    [TestCase("localhost:3000", "CIC7001")]
    [TestCase("127.0.0.1", "CIC7001")]
    [TestCase("::1", "CIC7001")]
    [TestCase("127.0.0.1:65536", "CIC7001")]
    [TestCase("127.0.0.1:-1", "CIC7001")]
    [TestCase("0.0.0.0:3000", "CIC7002")]
    [TestCase("[::]:3000", "CIC7002")]
    [TestCase("192.0.2.1:3000", "CIC7002")]
    public void Listen_WhereItMayNot_IsRefused(string listen, string code) =>
        Should.Throw<CiComplianceException>(() => ListenAddress.Parse(new ServerOptions("/", listen))).Diagnostic.Code.ShouldBe(code);

    [Test]
    public void Listen_BeyondThisMachine_NeedsTlsOrTheWordInsecure()
    {
        ListenAddress.Parse(new ServerOptions("/", "0.0.0.0:3000", InsecureHttp: true)).Port.ShouldBe(3000);
        ListenAddress.Parse(new ServerOptions("/", "0.0.0.0:3000", TlsCertificate: "x")).Port.ShouldBe(3000);
        ListenAddress.Parse(new ServerOptions("/", "[::1]:0")).Port.ShouldBe(0);
    }

    [TestCase("0.0.0.0:3000", false)]
    [TestCase("0.0.0.0:3000", true)]
    [TestCase("[::]:0", true)]
    [TestCase("192.0.2.1:3000", true)]
    public async Task Tokens_InTheClearBeyondThisMachine_AreRefusedAtTheStart(string listen, bool insecure)
    {
        using var folder = new TempDirectory();
        var options = new ServerOptions(folder.Path, listen, Tokens: Secret(folder, "tokens", Token + "\n"), InsecureHttp: insecure);
        using var key = new EcdsaTestSigner();
        var refusal = await Should.ThrowAsync<CiComplianceException>(() =>
            LogServer.StartAsync(options, key, new SignatureVerifier(), TextWriter.Null, TimeProvider.System, CancellationToken.None));
        (refusal.Diagnostic.Code, refusal.Diagnostic.Kind, refusal.Finding.Origin).ShouldBe(("CIC7002", DiagnosticKind.Usage, "--writer-token-file"));
    }

    [TestCase("127.0.0.1:3000", null)]
    [TestCase("[::1]:3000", null)]
    [TestCase("[::ffff:127.0.0.1]:3000", null)]
    [TestCase("0.0.0.0:3000", "x")]
    public void Tokens_OnThisMachineOrUnderTls_AreTaken(string listen, string? certificate) =>
        ListenAddress.Parse(new ServerOptions("/", listen, certificate, Tokens: "x")).Port.ShouldBe(3000);

    [Test]
    public async Task PortInUse_IsSaidSo()
    {
        await using var log = await RunningLog.StartAsync();
        var address = new Uri(log.Address).Authority;
        (await Should.ThrowAsync<CiComplianceException>(() => RunningLog.StartAsync(options => options with { Listen = address }))).Diagnostic.Code.ShouldBe("CIC7001");
    }

    [Test]
    public void FilesThatAreNoCertificateKeyTokensOrCa_AreRefused()
    {
        using var folder = new TempDirectory();
        using var one = Certificate("CN=localhost", null);
        using var two = Certificate("CN=localhost", null);
        var options = Tls(new ServerOptions("/", "127.0.0.1:0"), folder, one);
        var empty = folder.Write("empty", "");
        void Refused(string code, Action act) => Should.Throw<CiComplianceException>(act).Diagnostic.Code.ShouldBe(code);

        Refused("CIC7003", () => ServerTls.Of(options with { TlsKey = null }));
        Refused("CIC7003", () => ServerTls.Of(options with { TlsCertificate = null }));
        Refused("CIC7003", () => ServerTls.Of(options with { TlsCertificate = empty }));
        Refused("CIC7003", () => ServerTls.Of(options with { TlsCertificate = folder.Combine("none") }));
        Refused("CIC7003", () => ServerTls.Of(options with { TlsCertificate = folder.Write("two.pem", two.ExportCertificatePem()) }));
        Refused("CIC7005", () => ServerTls.Of(options with { ClientCa = empty }));
        Refused("CIC7005", () => ServerTls.Of(new ServerOptions("/", "127.0.0.1:0", ClientCa: empty)));
        foreach (var tokens in new[] { "", "\n", "short\n", $"{Token} {Token}\n", $"{Token}\u00e9\n" })
        {
            Refused("CIC7004", () => WriterAccess.Of(options with { Tokens = Secret(folder, "tokens", tokens) }));
        }
    }

    private static ServerOptions Tls(ServerOptions options, TempDirectory folder, X509Certificate2 server) => options with
    {
        TlsCertificate = folder.Write("server.pem", server.ExportCertificatePem()),
        TlsKey = Secret(folder, "server.key", server.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem()),
    };

    private static string Secret(TempDirectory folder, string name, string content)
    {
        var path = folder.Write(name, content);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }

    private static HttpClient Client(RunningLog log, X509Certificate2 server, X509Certificate2? own)
    {
        var handler = new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback = (_, certificate, _, _) => certificate!.RawDataMemory.Span.SequenceEqual(server.RawDataMemory.Span),
        };
        if (own is not null)
        {
            handler.ClientCertificates.Add(own);
        }

        return new HttpClient(handler) { BaseAddress = new Uri(log.Address) };
    }

    private static X509Certificate2 Certificate(string name, X509Certificate2? issuer, bool isCa = false)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isCa, false, 0, true));
        if (!isCa)
        {
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], false));
        }

        var (from, to) = (DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1));
        using var certificate = issuer is null ? request.CreateSelfSigned(from, to)
            : request.Create(issuer.SubjectName, X509SignatureGenerator.CreateForECDsa(issuer.GetECDsaPrivateKey()!), from, to, [1, 2, 3]).CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
    }
}
