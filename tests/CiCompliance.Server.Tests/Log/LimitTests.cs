using System.Net;
using System.Net.Sockets;
using System.Text;
using CiCompliance.Server.Log.Http;

namespace CiCompliance.Server.Tests.Log;

public sealed class LimitTests
{
    private RunningLog log = null!;

    [SetUp]
    public async Task StartAsync() => log = await RunningLog.StartAsync();

    [TearDown]
    public async Task StopAsync() => await log.DisposeAsync();

    [TestCase(true)]
    [TestCase(false)]
    public async Task BodyOverTheLimit_Is413(bool saysItsLength)
    {
        var body = new byte[RequestBody.MaxBytes + 1];
        using var content = saysItsLength ? (HttpContent)new ByteArrayContent(body) : new StreamContent(new UnseekableStream(body));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/log/entries") { Content = content };
        request.Headers.ExpectContinue = true;
        using var answer = await log.Client.SendAsync(request);
        answer.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Test]
    public async Task HeadersOverTheLimit_Are431()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/healthz");
        request.Headers.Add("X-Long", new string('x', 40_000));
        using var answer = await log.Client.SendAsync(request);
        answer.StatusCode.ShouldBe(HttpStatusCode.RequestHeaderFieldsTooLarge);
    }

    [Test]
    public async Task Bytes_ThatAreNotHttp_AreAnswered400()
    {
        using var socket = new TcpClient();
        var address = new Uri(log.Address);
        await socket.ConnectAsync(address.Host, address.Port);
        await socket.GetStream().WriteAsync("\u0016\u0003\u0001 hello\r\n\r\n"u8.ToArray());
        using var reader = new StreamReader(socket.GetStream(), Encoding.ASCII);
        (await reader.ReadLineAsync()).ShouldBe("HTTP/1.1 400 Bad Request");
    }

    [TestCase("/api/v1/log/entries", "[")]
    [TestCase("/api/v2/log/entries", "[")]
    [TestCase("/api/v1/log/entries/retrieve", "[")]
    [TestCase("/api/v1/index/retrieve", "[")]
    [TestCase("/api/v1/log/entries", "{\"spec\":")]
    [TestCase("/api/v2/log/entries", "{\"hashedRekordRequestV002\":")]
    [TestCase("/api/v1/log/entries", "{\"kind\":")]
    public async Task DeepJson_Is400(string path, string level)
    {
        using var answer = await log.PostAsync(path, string.Concat(Enumerable.Repeat(level, 100_000)));
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).Length.ShouldBeLessThan(1000);
        (await log.Client.GetStringAsync("/healthz")).ShouldBe("ok\n");
    }

    [Test]
    public async Task DeepEnvelope_Is400()
    {
        using var answer = await log.CreateAsync(SigningKey.Dsse(new string('[', 100_000), SigningKey.Base64("x"u8.ToArray())));
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Test]
    public async Task BodyThatComesTooSlowly_Is408()
    {
        using var socket = new TcpClient();
        var address = new Uri(log.Address);
        await socket.ConnectAsync(address.Host, address.Port);
        await socket.GetStream().WriteAsync("POST /api/v1/log/entries HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"u8.ToArray());
        using var reader = new StreamReader(socket.GetStream(), Encoding.ASCII);
        (await reader.ReadLineAsync()).ShouldBe("HTTP/1.1 408 Request Timeout");
        (await reader.ReadToEndAsync()).ShouldContain("Connection: close");
    }

    [Test]
    public async Task HeadThatNeverEnds_Is408()
    {
        using var socket = new TcpClient();
        var address = new Uri(log.Address);
        await socket.ConnectAsync(address.Host, address.Port);
        await socket.GetStream().WriteAsync("POST /api/v1/log/entries HTTP/1.1\r\nHost: x\r\n"u8.ToArray());
        using var reader = new StreamReader(socket.GetStream(), Encoding.ASCII);
        (await reader.ReadLineAsync()).ShouldBe("HTTP/1.1 408 Request Timeout");
    }

    [Test]
    public async Task IdleConnections_DoNotKeepOthersOut()
    {
        const int Idle = 500;
        var address = new Uri(log.Address);
        var sockets = new List<TcpClient>();
        try
        {
            for (var i = 0; i < Idle; i++)
            {
                var socket = new TcpClient();
                sockets.Add(socket);
                await socket.ConnectAsync(address.Host, address.Port);
                // Half of them have begun a request that they don't end.
                if (i % 2 == 0)
                {
                    await socket.GetStream().WriteAsync("POST /api/v1/log/entries HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"u8.ToArray());
                }
            }

            using var key = new SigningKey();
            await log.UuidOfAsync(key.HashedRekord());
        }
        finally
        {
            sockets.ForEach(socket => socket.Dispose());
        }
    }

    private sealed class UnseekableStream(byte[] content) : MemoryStream(content)
    {
        public override bool CanSeek => false;
    }
}
