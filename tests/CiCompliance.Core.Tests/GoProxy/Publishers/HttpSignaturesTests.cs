using System.Net;
using CiCompliance.Cryptography;
using CiCompliance.Diagnostics;
using CiCompliance.GoProxy.Publishers;
using CiCompliance.Keys;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Core.Tests.GoProxy.Publishers;

/// <summary>What a signature service may answer.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class HttpSignaturesTests : IDisposable
{
    private readonly TestPublisher publisher = TestPublisher.Create(KeyAlgorithm.Ed25519, Modules.Prefix);
    private readonly HttpListener listener;
    private readonly string root;
    private readonly List<string> requests = [];
    private Func<HttpListenerContext, bool> answer = _ => true;

    public HttpSignaturesTests()
    {
        (listener, root) = LoopbackHttp.Listen();
        _ = AcceptAsync();
    }

    private byte[] Good => ModuleSignatures.Over(Modules.Statement, [publisher.Sign(Modules.Statement)]).ToJson();

    public void Dispose()
    {
        listener.Close();
        publisher.Dispose();
    }

    [Test]
    public async Task Signature_BelowTheAddress_IsFoundAtItsPath()
    {
        var good = Good;
        answer = context => Reply(context, 200, good);
        (await VerifyAsync("/signatures")).Outcome.ShouldBe(PublisherOutcome.Valid);
        requests.ShouldBe(["GET /signatures/git.example.cn/team/lib/@v/v1.2.3.dsse.json"]);
    }

    [TestCase(404)]
    [TestCase(410)]
    public async Task NotFound_MeansNone(int status)
    {
        answer = context => Reply(context, status, "no such file"u8.ToArray());
        (await VerifyAsync()).Outcome.ShouldBe(PublisherOutcome.MissingSignature);
    }

    [TestCase(204)]
    [TestCase(400)]
    [TestCase(401)]
    [TestCase(403)]
    [TestCase(429)]
    [TestCase(500)]
    [TestCase(503)]
    public async Task EveryOtherStatus_MeansThatItIsDown(int status)
    {
        answer = context => Reply(context, status, []);
        await ShouldBeDownAsync(status.ToString(null as IFormatProvider));
    }

    [Test]
    public async Task Redirect_IsNotFollowed()
    {
        var good = Good;
        answer = context =>
        {
            context.Response.RedirectLocation = root.Replace("127.0.0.1", "localhost", StringComparison.Ordinal) + "/elsewhere";
            return context.Request.RawUrl == "/elsewhere" ? Reply(context, 200, good) : Reply(context, 302, []);
        };
        await ShouldBeDownAsync("302");
        requests.ShouldNotContain("GET /elsewhere");
    }

    [Test]
    public async Task AnswerThatNeverCame_MeansThatItIsDown()
    {
        answer = _ => false;
        await ShouldBeDownAsync("no answer within");
    }

    [Test]
    public async Task NobodyListening_MeansThatItIsDown()
    {
        listener.Stop();
        await ShouldBeDownAsync("does not answer");
    }

    [Test]
    public async Task AnswerThatIsTooLarge_MeansThatItIsDown()
    {
        var large = new byte[ModuleSignatures.MaxBytes + 1];
        answer = context => Reply(context, 200, large);
        await ShouldBeDownAsync("larger than");
    }

    [TestCase("<html>Please log in</html>")]
    [TestCase("{}")]
    [TestCase("null")]
    public async Task AnswerOfAnotherForm_IsAnInvalidSignature(string text)
    {
        answer = context => Reply(context, 200, System.Text.Encoding.UTF8.GetBytes(text));
        (await VerifyAsync()).Outcome.ShouldBe(PublisherOutcome.InvalidSignature);
    }

    [TestCase("http://signatures.example.cn")]
    [TestCase("https://user:secret@signatures.example.cn")]
    [TestCase("https://signatures.example.cn/?x=1")]
    [TestCase("file:///srv/signatures")]
    [TestCase("signatures.example.cn")]
    public void Address_ThatIsNotHttps_IsRefused(string url) =>
        Should.Throw<CiComplianceException>(() => new HttpSignatures(url, TimeSpan.FromSeconds(1), TimeProvider.System)).Diagnostic.ShouldBe(RekorDiagnostics.BadUrl);

    private async Task ShouldBeDownAsync(string words)
    {
        var result = await VerifyAsync();
        result.Outcome.ShouldBe(PublisherOutcome.ServiceDown);
        result.Silent.ShouldHaveSingleItem().Why.En.ShouldContain(words);
    }

    private async Task<PublisherAnswer> VerifyAsync(string path = "")
    {
        using var source = new HttpSignatures(root + path, TimeSpan.FromSeconds(2), TimeProvider.System);
        var verifier = new PublisherVerifier(new(TrustStore.CurrentVersion, [publisher.Key]), [source], new SignatureVerifier(), new OpenPgpSignatureVerifier(TimeProvider.System), TimeProvider.System);
        return await verifier.VerifyAsync(Modules.Lib, Modules.ZipHash, Modules.GoModHash, CancellationToken.None);
    }

    private static bool Reply(HttpListenerContext context, int status, byte[] content)
    {
        context.Response.StatusCode = status;
        context.Response.OutputStream.Write(content);
        return true;
    }

    private async Task AcceptAsync()
    {
        while (listener.IsListening)
        {
            try
            {
                var context = await listener.GetContextAsync();
                requests.Add($"{context.Request.HttpMethod} {context.Request.RawUrl}");
                if (answer(context))
                {
                    context.Response.Close();
                }
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or IOException)
            {
                // The test is over, or the client went away.
            }
        }
    }
}
