using System.Net;
using System.Net.Sockets;
using System.Text;
using CiCompliance.Server.Hosting;
using CiCompliance.Server.Log;
using CiCompliance.Server.Log.Http;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

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

    [TestCase("ZZ")]
    [TestCase("FFFFFFFFFFFFFFFF")]
    public async Task Chunks_ThatAreNone_Are400_AndNoErrorOfTheServers(string size)
    {
        using var socket = new TcpClient();
        var address = new Uri(log.Address);
        await socket.ConnectAsync(address.Host, address.Port);
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST /api/v1/log/entries HTTP/1.1\r\nHost: log\r\nTransfer-Encoding: chunked\r\n\r\n{size}\r\n"));
        using var reader = new StreamReader(socket.GetStream(), Encoding.ASCII);
        (await reader.ReadLineAsync()).ShouldBe("HTTP/1.1 400 Bad Request");
        log.Events.ToString().ShouldNotContain("\"error\"");
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
        using var answer = await log.PostAsync(path, string.Concat(Enumerable.Repeat(level, path.Contains("index", StringComparison.Ordinal) ? RekorV1Api.MaxSearchBytes : 100_000)));
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
    public async Task SlowReaders_DoNotKeepWritersOut()
    {
        var address = new Uri(log.Address);
        var sockets = new List<TcpClient>();
        try
        {
            byte[] begun = [.. "POST /api/v1/log/entries/retrieve HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n"u8, .. new byte[40_000]];
            for (var i = 0; i < 16; i++)
            {
                var socket = new TcpClient();
                sockets.Add(socket);
                await socket.ConnectAsync(address.Host, address.Port);
                await socket.GetStream().WriteAsync(begun);
            }

            // As soon as one is refused, the others hold all places there are for retrievals.
            using (var reader = new StreamReader(FirstAnswer(sockets), Encoding.ASCII))
            {
                (await reader.ReadLineAsync()).ShouldBe("HTTP/1.1 503 Service Unavailable");
            }

            // In two parts, as a body comes over any network: in one, it would need no place.
            using var writer = new TcpClient();
            await writer.ConnectAsync(address.Host, address.Port);
            byte[] first = [.. "POST /api/v1/log/entries HTTP/1.1\r\nHost: x\r\nContent-Length: 400000\r\n\r\n"u8, .. new byte[200_000]];
            await writer.GetStream().WriteAsync(first);
            await Task.Delay(200);
            await writer.GetStream().WriteAsync(new byte[200_000]);
            using var answer = new StreamReader(writer.GetStream(), Encoding.ASCII);
            (await answer.ReadLineAsync()).ShouldBe("HTTP/1.1 400 Bad Request", "it was read whole");
        }
        finally
        {
            sockets.ForEach(socket => socket.Dispose());
        }
    }

    [TestCase("/api/v1/index/retrieve", RekorV1Api.MaxSearchBytes)]
    [TestCase("/api/v1/log/entries/retrieve", RekorV1Api.MaxRetrieveBytes)]
    public async Task QueryOverItsLimit_Is413(string path, int limit)
    {
        using var longest = await log.PostAsync(path, new string(' ', limit));
        longest.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        using var content = new ByteArrayContent(new byte[limit + 1]);
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        request.Headers.ExpectContinue = true;
        using var tooLong = await log.Client.SendAsync(request);
        tooLong.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Test]
    public async Task Transport_ReadsNoFurtherAheadThanTheServer()
    {
        await using var application = ServerHost.Build(new IPEndPoint(IPAddress.Loopback, 0), null);
        var sockets = application.Services.GetRequiredService<IOptions<SocketTransportOptions>>().Value;
        (sockets.MaxReadBufferSize, sockets.MaxWriteBufferSize).ShouldBe((64 << 10, 64 << 10));
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

    private static NetworkStream FirstAnswer(List<TcpClient> sockets)
    {
        SpinWait.SpinUntil(() => sockets.Exists(socket => socket.Available > 0), TimeSpan.FromSeconds(20)).ShouldBeTrue();
        return sockets.First(socket => socket.Available > 0).GetStream();
    }

    private sealed class UnseekableStream(byte[] content) : MemoryStream(content)
    {
        public override bool CanSeek => false;
    }
}
