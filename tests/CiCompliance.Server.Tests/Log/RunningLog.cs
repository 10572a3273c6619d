using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using CiCompliance.Cryptography;
using CiCompliance.Keys;
using CiCompliance.Server.Hosting;
using CiCompliance.Server.Log;
using CiCompliance.Testing;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Server.Tests.Log;

/// <summary>A log, and a server for it on a free port of this machine.</summary>
internal sealed class RunningLog : IAsyncDisposable
{
    public const string Name = "log.example.test";

    private readonly TempDirectory directory = new();
    private Func<ServerOptions, ServerOptions> configure = options => options;
    private readonly TimeProvider clock;
    private LogServer? server;
    private ISigner? given;

    private RunningLog(ISigner? signer, TimeProvider? clock)
    {
        Signer = signer ?? Key;
        this.clock = clock ?? TimeProvider.System;
        using var store = LogStore.Create(Path, Name, Key, [], Verifier, this.clock);
    }

    public EcdsaTestSigner Key { get; } = new();

    public ISigner Signer { get; }

    public SignatureVerifier Verifier { get; } = new();

    public EventText Events { get; } = new();

    public HttpClient Client { get; private set; } = new();

    public string Path => directory.Combine("log");

    public string Address => server!.Address;

    public LogService Service => server!.Log;

    public TempDirectory Directory => directory;

    public TrustedKey Trusted => Key.ToTrustedKey(KeyRole.Log, Name);

    public static async Task<RunningLog> StartAsync(Func<ServerOptions, ServerOptions>? configure = null, Func<EcdsaTestSigner, ISigner>? signer = null, TimeProvider? clock = null)
    {
        var log = new RunningLog(null, clock);
        log.configure = configure ?? log.configure;
        await log.StartServerAsync(signer?.Invoke(log.Key));
        return log;
    }

    public async Task<LogServer> StartServerAsync(ISigner? signer = null)
    {
        given = signer;
        server = await LogServer.StartAsync(configure(new ServerOptions(Path, "127.0.0.1:0")), signer ?? Signer, Verifier, Events, clock, CancellationToken.None);
        Client.Dispose();
        Client = new HttpClient { BaseAddress = new Uri(server.Address) };
        return server;
    }

    public async Task StopServerAsync() => await server!.DisposeAsync();

    public async Task<HttpResponseMessage> PostAsync(string path, string body, string? token = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (token is not null)
        {
            request.Headers.Authorization = new("Bearer", token);
        }

        return await Client.SendAsync(request);
    }

    public Task<HttpResponseMessage> CreateAsync(string body, string? token = null) => PostAsync("/api/v1/log/entries", body, token);

    public Task<HttpResponseMessage> CreateV2Async(string body) => PostAsync("/api/v2/log/entries", body);

    public async Task<JsonNode> GetJsonAsync(string path) => JsonNode.Parse(await Client.GetStringAsync(path))!;

    public async Task<string> UuidOfAsync(string body)
    {
        using var answer = await CreateAsync(body);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return answer.Headers.Location!.OriginalString.Split('/')[^1];
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        // A server logs what waits before it ends: with its gate closed it would wait for ever, and so would a test that failed.
        given?.Dispose();
        if (server is not null)
        {
            await server.DisposeAsync();
        }

        directory.Dispose();
    }
}
