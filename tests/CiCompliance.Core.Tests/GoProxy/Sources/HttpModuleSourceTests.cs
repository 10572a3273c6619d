using System.Text;
using CiCompliance.Go;
using CiCompliance.GoProxy.Sources;
using CiCompliance.Testing;

namespace CiCompliance.Core.Tests.GoProxy.Sources;

/// <summary>A module proxy upstream that hangs, breaks off, floods, leads elsewhere or answers something else.</summary>
public sealed class HttpModuleSourceTests
{
    private static readonly ModuleVersion Greet = new("example.com/greet", "v1.0.0");
    private HttpMessageInvoker http = null!;
    private Ed25519Fixture key = null!;
    private FixtureModuleProxy upstream = null!;

    [SetUp]
    public void SetUp()
    {
        http = ModuleHttp.Create();
        key = Ed25519Fixture.Random();
        upstream = new(new FixtureSumdb("sum.test", key));
        upstream.Add(Greet.Path, Greet.Version, new Dictionary<string, string> { ["go.mod"] = "module example.com/greet\n" });
    }

    [TearDown]
    public void TearDown()
    {
        upstream.Dispose();
        http.Dispose();
        key.Dispose();
    }

    [Test]
    public async Task EachFile_OfAnHonestUpstream_IsRead()
    {
        (await Source().ListAsync(Greet.Path, default)).ShouldBe(["v1.0.0"]);
        (await Source().ResolveAsync(Greet.Path, "v1.0.0", default)).Version.ShouldBe("v1.0.0");
        Encoding.UTF8.GetString(await Source().ReadGoModAsync(Greet, default)).ShouldBe("module example.com/greet\n");
        (await ZipAsync(Source())).ShouldBe(upstream.ZipOf(Greet.Path, Greet.Version));
        await Should.ThrowAsync<ModuleNotFoundException>(() => Source().ListAsync("example.com/none", default));
    }

    [Test]
    public async Task Upstream_ThatNeverAnswers_IsGivenUp()
    {
        upstream.Lie = _ => (0, []);
        (await FailsAsync(source => source.ListAsync(Greet.Path, default), Source(TimeSpan.FromMilliseconds(200)))).ShouldContain("kept silent");
    }

    [Test]
    public async Task Upstream_ThatStopsInTheMiddle_IsGivenUp()
    {
        // Ten of a hundred bytes, and a connection that stays.
        using var stalling = new StallingServer("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0123456789");
        (await FailsAsync(source => source.ReadGoModAsync(Greet, default), new HttpModuleSource(new(stalling.Url), [], http, TimeProvider.System) { Patience = TimeSpan.FromMilliseconds(200) }))
            .ShouldContain("kept silent");
    }

    [Test]
    public async Task Upstream_ThatIsAskedByACallerWhoGoesAway_IsNoFailureOfIts()
    {
        upstream.Lie = _ => (0, []);
        using var gone = new CancellationTokenSource();
        var asked = Source().ListAsync(Greet.Path, gone.Token);
        await gone.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(asked);
    }

    [Test]
    public async Task Body_ThatEndsTooSoon_IsAFailure()
    {
        upstream.Raw = _ => Raw("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nabc");
        await FailsAsync(source => source.ReadGoModAsync(Greet, default));
        await FailsAsync(ZipAsync);
        upstream.Raw = _ => Raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc");
        await FailsAsync(ZipAsync);
        upstream.Raw = _ => Raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n");
        await FailsAsync(ZipAsync);
    }

    [Test]
    public async Task Body_ThatIsLargerThanAllowed_IsRefused()
    {
        upstream.Raw = _ => Raw("HTTP/1.1 200 OK\r\nContent-Length: 600000000\r\n\r\n");
        (await FailsAsync(ZipAsync)).ShouldContain("more than 524288000 bytes");
        var flood = new string('a', ModuleLimits.MaxInfo + 1);
        upstream.Raw = _ => Raw($"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{flood}");
        (await FailsAsync(source => source.ResolveLatestAsync(Greet.Path, default))).ShouldContain("more than");
    }

    [TestCase("not HTTP at all\r\n\r\n")]
    [TestCase("")]
    [TestCase("HTTP/1.1 999 What\r\nContent-Length: 0\r\n\r\n")]
    [TestCase("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n")]
    [TestCase("HTTP/1.1 429 Later\r\nContent-Length: 0\r\n\r\n")]
    [TestCase("HTTP/1.1 204 Nothing\r\n\r\n")]
    [TestCase("HTTP/1.1 206 Part\r\nContent-Length: 1\r\nContent-Range: bytes 0-0/2\r\n\r\na")]
    [TestCase("HTTP/1.1 304 Same\r\n\r\n")]
    [TestCase("HTTP/1.1 302 Away\r\nContent-Length: 0\r\n\r\n")]
    [TestCase("HTTP/1.1 302 Away\r\nLocation: http://127.0.0.1:1/x\r\nContent-Length: 0\r\n\r\n")]
    [TestCase("HTTP/1.1 302 Away\r\nLocation: https://evil.example/x\r\nContent-Length: 0\r\n\r\n")]
    [TestCase("HTTP/1.1 302 Away\r\nLocation: https://user:secret@cdn.example/x\r\nContent-Length: 0\r\n\r\n")]
    [TestCase("HTTP/1.1 302 Away\r\nLocation: http://cdn.example/x\r\nContent-Length: 0\r\n\r\n")]
    [TestCase("HTTP/1.1 302 Away\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n")]
    [TestCase("HTTP/1.1 302 Away\r\nLocation: //[\r\nContent-Length: 0\r\n\r\n")]
    [TestCase("HTTP/1.1 302 Away\r\nLocation: http://[::\r\nContent-Length: 0\r\n\r\n")]
    public async Task Answer_ThatIsNone_IsAFailureAndNotThatThereIsNoModule(string answer)
    {
        upstream.Raw = _ => Raw(answer);
        (await FailsAsync(source => source.ReadGoModAsync(Greet, default))).ShouldNotContain("secret");
        await FailsAsync(ZipAsync);
    }

    [Test]
    public async Task Headers_WithoutEnd_AreAFailure()
    {
        var headers = string.Concat(Enumerable.Range(0, 2000).Select(i => $"X-{i}: {new string('a', 60)}\r\n"));
        upstream.Raw = _ => Raw($"HTTP/1.1 200 OK\r\n{headers}\r\n");
        await FailsAsync(source => source.ReadGoModAsync(Greet, default));
    }

    [Test]
    public async Task Redirects_WithinTheHost_AreFollowedToAnEnd()
    {
        upstream.Lie = path => path.StartsWith("/example.com/greet/@v/v1.0.0.mod", StringComparison.Ordinal) ? (302, Encoding.ASCII.GetBytes("/there"))
            : path == "/there" ? (200, "module x\n"u8.ToArray()) : null;
        Encoding.UTF8.GetString(await Source().ReadGoModAsync(Greet, default)).ShouldBe("module x\n");
        upstream.Lie = _ => (302, Encoding.ASCII.GetBytes("/again"));
        (await FailsAsync(source => source.ReadGoModAsync(Greet, default))).ShouldContain("redirects without end");
    }

    [Test]
    public async Task WebPage_OfAPortal_IsNoListAndNoVersion()
    {
        upstream.Raw = _ => Raw("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 6\r\n\r\nv1.0.0");
        (await FailsAsync(source => source.ListAsync(Greet.Path, default))).ShouldContain("web page");
        await FailsAsync(source => source.ResolveLatestAsync(Greet.Path, default));
    }

    [TestCase("")]
    [TestCase("{}")]
    [TestCase("null")]
    [TestCase("[\"v1.0.0\"]")]
    [TestCase("{\"Version\":1}")]
    [TestCase("{\"Version\":\"\"}")]
    [TestCase("{\"Version\":\"main\"}")]
    [TestCase("{\"Version\":\"v1.0.0/../x\"}")]
    [TestCase("{\"Version\":\"v1.0.0\\n\"}")]
    [TestCase("{\"Version\":\"v1.0.0\",\"Time\":\"yesterday\"}")]
    [TestCase("{\"Version\":\"v1.0.0\",\"Time\":1}")]
    [TestCase("{\"Version\":\"v1.0.0\"} {}")]
    [TestCase("{\"Version\":\"v1.0.0\"")]
    [TestCase("{\"Version\":\"v1.0.0\",\"a\":[[[[[[[[[[]]]]]]]]]]}")]
    [TestCase("{\"Version\":\"\\ud800\"}")]
    [TestCase("{\"Version\":\"v1.0.0\",\"Time\":\"\\ud800\"}")]
    public async Task Description_ThatIsNone_IsAFailure(string json)
    {
        upstream.Lie = _ => (200, Encoding.UTF8.GetBytes(json));
        await FailsAsync(source => source.ResolveAsync(Greet.Path, "main", default));
    }

    [Test]
    public async Task Description_OfAnotherVersionOrOneThatNoFileCanHave_IsAFailure()
    {
        upstream.Lie = _ => (200, "{\"Version\":\"v1.0.1\"}"u8.ToArray());
        await FailsAsync(source => source.ResolveAsync(Greet.Path, "v1.0.0", default));
        foreach (var name in new[] { new string('a', 220), new string('A', 110) })
        {
            upstream.Lie = _ => (200, Encoding.UTF8.GetBytes($"{{\"Version\":\"v1.0.0-{name}\"}}"));
            await FailsAsync(source => source.ResolveAsync(Greet.Path, "main", default));
        }
    }

    [Test]
    public async Task List_WithLinesThatAreNoVersions_IsReadWithoutThem()
    {
        upstream.Lie = _ => (200, "v1.0.0\n../../x\nv1.0.0 2026-01-01T00:00:00Z\nmain\n\0\n<html>\nv1.2.0\r\n"u8.ToArray());
        (await Source().ListAsync(Greet.Path, default)).ShouldBe(["v1.0.0", "v1.2.0"]);
    }

    [Test]
    public async Task SourceList_AfterAFailure_AsksTheNextOneOnlyWhereItMay()
    {
        upstream.Lie = path => path.StartsWith("/a/", StringComparison.Ordinal) ? (500, []) : path.StartsWith("/b/", StringComparison.Ordinal) ? (200, "v1.0.0\n"u8.ToArray()) : null;
        HttpModuleSource At(string name) => new(new(upstream.Url + name), [], http, TimeProvider.System);
        (await new SourceList([new(At("/a"), true), new(At("/b"), false)]).AskAsync(source => source.ListAsync(Greet.Path, default))).Answer.ShouldBe(["v1.0.0"]);
        await Should.ThrowAsync<ModuleSourceException>(() => new SourceList([new(At("/a"), false), new(At("/b"), false)]).AskAsync(source => source.ListAsync(Greet.Path, default)));
        await Should.ThrowAsync<ModuleSourceException>(() => new SourceList([new(At("/a"), true), new(At("/c"), false)]).AskAsync(source => source.ListAsync(Greet.Path, default)));
        await Should.ThrowAsync<ModuleNotFoundException>(() => new SourceList([]).AskAsync(source => source.ListAsync(Greet.Path, default)));
    }

    private HttpModuleSource Source(TimeSpan? patience = null) => new(new(upstream.Url), ["cdn.example"], http, TimeProvider.System) { Patience = patience ?? TimeSpan.FromSeconds(30) };

    private async Task<string> FailsAsync(Func<IModuleSource, Task> ask, HttpModuleSource? source = null)
    {
        var e = await Should.ThrowAsync<ModuleSourceException>(() => ask(source ?? Source()));
        e.Message.ShouldNotContain('\n');
        return e.Message;
    }

    private static async Task<byte[]> ZipAsync(IModuleSource source)
    {
        using var zip = new MemoryStream();
        await source.DownloadZipAsync(Greet, zip, default);
        return zip.ToArray();
    }

    private static byte[] Raw(string text) => Encoding.Latin1.GetBytes(text);

    /// <summary>Says the same to everybody, and then nothing.</summary>
    private sealed class StallingServer : IDisposable
    {
        private readonly System.Net.Sockets.TcpListener listener = new(System.Net.IPAddress.Loopback, 0);
        private readonly List<System.Net.Sockets.TcpClient> clients = [];

        public StallingServer(string answer)
        {
            listener.Start();
            Url = $"http://127.0.0.1:{((System.Net.IPEndPoint)listener.LocalEndpoint).Port}";
            _ = AcceptAsync(answer);
        }

        public string Url { get; }

        public void Dispose()
        {
            listener.Dispose();
            clients.ForEach(client => client.Dispose());
        }

        private async Task AcceptAsync(string answer)
        {
            try
            {
                while (true)
                {
                    var client = await listener.AcceptTcpClientAsync();
                    clients.Add(client);
                    await client.GetStream().WriteAsync(Raw(answer));
                }
            }
            catch (Exception e) when (e is System.Net.Sockets.SocketException or IOException or ObjectDisposedException)
            {
                // Ended.
            }
        }
    }
}
