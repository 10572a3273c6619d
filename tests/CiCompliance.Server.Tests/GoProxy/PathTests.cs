using System.Net;

namespace CiCompliance.Server.Tests.GoProxy;

/// <summary>Targets that no go command sends: each is refused before anything is asked or looked up.</summary>
internal sealed class PathTests
{
    private static readonly string[] Targets =
    [
        "/", "/@latest", "/@v/list", "//@v/list", "/..", "/../etc/passwd", "/example.com/../../etc/passwd/@v/list", "/example.com/%2e%2e/@v/list", "/example.com/%2E%2e/a/@v/v1.0.0.zip",
        "/example.com/a/@v/../../b/@v/v1.0.0.zip", "/example.com/a/@v/%2e%2e%2fv1.0.0.zip", "/example.com/..%2f..%2fetc/@v/list", "/example.com/a%00/@v/list", "/example.com/a%00.zip",
        "/example.com/a/@v/v1.0.0%00.zip", "/example.com/%61/@v/list", "/example.com/a\\..\\b/@v/list", "/example.com/a%5c..%5cb/@v/list", "/example.com/./a/@v/list", "/example.com//a/@v/list",
        "/Example.com/a/@v/list", "/github.com/Acme/a/@v/list", "/github.com/%41cme/a/@v/list", "/github.com/!Acme/a/@v/list", "/github.com/!!acme/a/@v/list", "/github.com/!/a/@v/list",
        "/github.com/acme!/@v/list", "/example.com/a/@v/V1.0.0.zip", "/example.com/a/@v/main.zip", "/example.com/a/@v/v1.0.0.exe", "/example.com/a/@v/v1.0.0.zip?x=1", "/example.com/a/@v/v1.0.0.zip/",
        "/example.com/con/@v/list", "/example.com/a/@v/.info", "/example.com/a%ff/@v/list", "/example.com/\u00fc/@v/list", "http://other.example/example.com/a/@v/list",
        "/sumdb/sum.example.test/lookup/../../a@v1.0.0", "/sumdb/sum.example.test/lookup/github.com/Acme/a@v1.0.0", "/sumdb/sum.example.test/lookup/example.com/a@main",
        "/sumdb/sum.example.test/tile/8/0/../0", "/sumdb/sum.example.test/tile/8/0/0%2e0", "/sumdb/sum.example.test/tile/8/9/000", "/sumdb/sum.example.test/tile/8/0/000.p/256",
        "/" + new string('a', 3000) + "/@v/list", "/example.com/" + new string('a', 300) + "/@v/list",
    ];

    [Test]
    public async Task Target_ThatIsNone_IsRefusedAndNothingIsAsked()
    {
        await using var proxy = await RunningProxy.StartAsync();
        foreach (var target in Targets)
        {
            var (status, text) = await proxy.GetRawAsync(target);
            status.ShouldBe(HttpStatusCode.BadRequest, target);
            text.ShouldNotContain("root:");
        }

        proxy.Public.Requests.ShouldBeEmpty();
        proxy.KeepsNothing();
        proxy.Cached("modules").ShouldBeEmpty();
        (await proxy.RecordsAsync()).ShouldBeEmpty();
        proxy.Decisions.ShouldBeEmpty();
    }

    [Test]
    public async Task Target_ThatIsTooLongForALine_IsRefused()
    {
        await using var proxy = await RunningProxy.StartAsync();
        (await proxy.GetRawAsync("/" + new string('a', 5000))).Status.ShouldBe(HttpStatusCode.RequestUriTooLong);
        (await proxy.GetAsync("/healthz")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [TestCase("POST")]
    [TestCase("PUT")]
    [TestCase("DELETE")]
    [TestCase("CONNECT")]
    [TestCase("PURGE")]
    public async Task Method_OtherThanGetAndHead_IsRefused(string method)
    {
        await using var proxy = await RunningProxy.StartAsync();
        using var answer = await proxy.SendAsync("/example.com/a/@v/list", request => request.Method = new(method == "CONNECT" ? "TRACE" : method));
        answer.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        proxy.Public.Requests.ShouldBeEmpty();
    }

    [Test]
    public async Task Path_InEveryEncodingOfTheGoCommand_IsOneModule()
    {
        await using var proxy = await RunningProxy.StartAsync();
        proxy.Public.Add("github.com/Acme/a", "v1.0.0", new Dictionary<string, string> { ["go.mod"] = "module github.com/Acme/a\n" });
        foreach (var target in new[] { "/github.com/!acme/a/@v/v1.0.0.mod", "/github.com/%21acme/a/@v/v1.0.0.mod", "/github.com/%21acme/a/%40v/v1.0.0.mod" })
        {
            var (status, text) = await proxy.GetRawAsync(target);
            status.ShouldBe(HttpStatusCode.OK, text);
        }

        (await proxy.RecordsAsync()).Count.ShouldBe(1);
        proxy.Public.Requests.Count(path => path.EndsWith(".mod", StringComparison.Ordinal)).ShouldBe(1);
    }
}
