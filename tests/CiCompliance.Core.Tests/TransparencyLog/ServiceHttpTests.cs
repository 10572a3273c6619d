using System.Net;
using CiCompliance.Diagnostics;
using CiCompliance.Testing;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Core.Tests.TransparencyLog;

/// <summary>What a failing service is called.</summary>
public sealed class ServiceHttpTests
{
    private static readonly RemoteService Post = new(
        "log.post", new("post office", "邮局"), WitnessDiagnostics.TooFew, WitnessDiagnostics.NotKept);

    [Test]
    public async Task SendAsync_WhenTheAnswerIsTooLarge_NamesTheService()
    {
        var refusal = await RefusalAsync(HttpStatusCode.OK, new byte[9]);

        refusal.Diagnostic.ShouldBe(WitnessDiagnostics.NotKept);
        refusal.Finding.What.En.ShouldContain("post office");
        refusal.Finding.What.Zh.ShouldContain("邮局");
        refusal.Finding.Fix.En.ShouldContain("log.post");
    }

    [Test]
    public async Task SendAsync_WhenThereIsNoAnswer_NamesTheService()
    {
        var refusal = await RefusalAsync(HttpStatusCode.TooManyRequests, [1]);

        refusal.Diagnostic.ShouldBe(WitnessDiagnostics.TooFew);
        refusal.Finding.What.En.ShouldContain("post office");
    }

    [TestCase("http://post.example.test")]
    [TestCase("https://user@post.example.test")]
    [TestCase("post")]
    public void New_WhenTheAddressIsNotHttps_NamesTheSetting(string url)
    {
        var refusal = Should.Throw<CiComplianceException>(() => new ServiceHttp(Post, url, TimeSpan.FromSeconds(1), TimeProvider.System));

        refusal.Diagnostic.ShouldBe(RekorDiagnostics.BadUrl);
        refusal.Finding.Origin.ShouldBe("log.post");
    }

    private static async Task<CiComplianceException> RefusalAsync(HttpStatusCode status, byte[] content)
    {
        var (listener, url) = LoopbackHttp.Listen();
        using var closed = listener;
        var answering = Task.Run(async () =>
        {
            var context = await listener.GetContextAsync();
            context.Response.StatusCode = (int)status;
            // Longer than anybody waits here: it is not asked again.
            context.Response.Headers["Retry-After"] = "3600";
            context.Response.Close(content, willBlock: false);
        });
        using var http = new ServiceHttp(Post, url, TimeSpan.FromSeconds(30), TimeProvider.System);
        var refusal = await Should.ThrowAsync<CiComplianceException>(() => http.SendAsync(HttpMethod.Get, "x", null, CancellationToken.None, maxAnswer: 8));
        await answering;
        return refusal;
    }
}
