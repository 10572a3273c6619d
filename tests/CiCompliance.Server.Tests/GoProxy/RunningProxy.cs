using System.Diagnostics;
using System.Net;
using CiCompliance.Cryptography;
using CiCompliance.Diagnostics;
using CiCompliance.Go;
using CiCompliance.Go.Sumdb;
using CiCompliance.GoProxy;
using CiCompliance.GoProxy.Configuration;
using CiCompliance.GoProxy.Sources;
using CiCompliance.GoProxy.Storage;
using CiCompliance.Keys;
using CiCompliance.Server.GoProxy;
using CiCompliance.Server.Hosting;
using CiCompliance.Server.Tests.Log;
using CiCompliance.Testing;

namespace CiCompliance.Server.Tests.GoProxy;

/// <summary>A verifying proxy on a free port, with a public module proxy and checksum database before it.</summary>
internal sealed class RunningProxy : IAsyncDisposable
{
    public const string Database = "sum.example.test";

    private readonly GeneratedKey key = KeyGenerator.Generate(KeyAlgorithm.Ed25519);
    private readonly GeneratedKey sm2 = KeyGenerator.Generate(KeyAlgorithm.Sm2);
    private readonly GeneratedKey publicKey = KeyGenerator.Generate(KeyAlgorithm.Ed25519);
    private readonly List<IDisposable> open = [];
    private Func<GoProxyConfiguration, GoProxyConfiguration> configure = configuration => configuration;
    private Func<ServerOptions, ServerOptions> listen = options => options;
    private GoProxyServer? server;

    private RunningProxy(TimeProvider? clock, Action<string>? prepare)
    {
        prepare?.Invoke(Path);
        Clock = clock ?? TimeProvider.System;
        Public = new FixtureModuleProxy(new FixtureSumdb("sum.public.test", Own(publicKey.OpenSigner())));
        Signer = Own(key.OpenSigner());
        Sm2 = Own(sm2.OpenSigner());
        using var store = SumdbStore.Create(System.IO.Path.Combine(Path, GoProxyOptions.SumdbFolder), Database, Signer, Sm2, Clock);
    }

    public TempDirectory Directory { get; } = new();

    public string Path => Directory.Combine("proxy");

    public TimeProvider Clock { get; }

    public FixtureModuleProxy Public { get; }

    public ISigner Signer { get; }

    public ISigner Sm2 { get; }

    public SignatureVerifier Verifier { get; } = new();

    public IReadOnlyList<(string Prefix, IModuleSource Source)> PrivateSources { get; set; } = [];

    public ICacheContent? Repositories { get; set; }

    public StandInPublishers Publishers { get; } = new();

    /// <summary>Real ones in the place of <see cref="Publishers"/>.</summary>
    public IModuleSignatures? Signatures { get; set; }

    public EventText Events { get; } = new();

    /// <summary>In the place of <see cref="Events"/>.</summary>
    public TextWriter? Output { get; set; }

    public HttpClient Client { get; } = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    public string Address => server!.Address;

    public string Gosumdb => server!.VerifierKey;

    public string Decisions => File.ReadAllText(System.IO.Path.Combine(Path, "decisions.jsonl"));

    /// <param name="prepare">Told of the folder before anything is in it.</param>
    public static async Task<RunningProxy> StartAsync(
        Func<GoProxyConfiguration, GoProxyConfiguration>? configure = null, Func<ServerOptions, ServerOptions>? listen = null, TimeProvider? clock = null,
        Action<string>? prepare = null, IReadOnlyList<(string Prefix, IModuleSource Source)>? privateSources = null, Action<FixtureModuleProxy>? add = null, Action<RunningProxy>? before = null)
    {
        var proxy = new RunningProxy(clock, prepare) { PrivateSources = privateSources ?? [] };
        add?.Invoke(proxy.Public);
        before?.Invoke(proxy);
        proxy.configure = configure ?? proxy.configure;
        proxy.listen = listen ?? proxy.listen;
        await proxy.StartServerAsync();
        return proxy;
    }

    public async Task StartServerAsync() => server = await StartOneAsync();

    /// <summary>On the same folder.</summary>
    public async Task StartSecondAsync()
    {
        await using var second = await StartOneAsync();
    }

    private async Task<GoProxyServer> StartOneAsync()
    {
        var rules = new ModuleRules([], [], [], TimeSpan.Zero);
        var configuration = new GoProxyConfiguration(
            Language.English, [new(new(Public.Url), false, [])], SumdbSetting.Parse(Public.Sumdb.VerifierKey), rules, [], PrivateForEverybody: true, [], new(10L << 30, TimeSpan.FromDays(90)));
        return await GoProxyServer.StartAsync(
            new GoProxyOptions(Path, configure(configuration), PrivateSources) { Repositories = Repositories }, listen(new ServerOptions(Path, "127.0.0.1:0")), Signer, Sm2, Signatures ?? Publishers, Verifier, Output ?? Events, Clock, CancellationToken.None);
    }

    public async Task StopServerAsync()
    {
        await server!.DisposeAsync();
        server = null;
    }

    /// <summary>Another history in the name and with the key of the public database.</summary>
    public FixtureSumdb ForgePublic() => new(Public.Sumdb.Name, Own(publicKey.OpenSigner()));

    /// <summary>What its own checksum database holds, in order.</summary>
    public async Task<IReadOnlyList<string>> RecordsAsync()
    {
        var size = int.Parse((await GetAsync($"/sumdb/{Database}/latest")).Text.Split('\n')[1], System.Globalization.CultureInfo.InvariantCulture);
        var (status, text) = size == 0 ? (HttpStatusCode.OK, "") : await GetAsync($"/sumdb/{Database}/tile/8/data/000.p/{size}");
        status.ShouldBe(HttpStatusCode.OK);
        return text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Files that it keeps, by their folder: <c>files</c>, <c>modules</c>, <c>quarantine</c> or <c>unverified</c>.</summary>
    public string[] Cached(string folder) =>
        System.IO.Directory.GetFiles(System.IO.Path.Combine(Path, "cache", folder), "*", SearchOption.AllDirectories);

    public async Task<HttpResponseMessage> SendAsync(string path, Action<HttpRequestMessage> shape)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Address + path));
        shape(request);
        return await Client.SendAsync(request);
    }

    /// <summary>Sends a target as it is, which no client of the class library does.</summary>
    public async Task<(HttpStatusCode Status, string Text)> GetRawAsync(string target)
    {
        var address = new Uri(Address);
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync(address.Host, address.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(System.Text.Encoding.Latin1.GetBytes($"GET {target} HTTP/1.1\r\nHost: {address.Authority}\r\nConnection: close\r\n\r\n"));
        using var reader = new StreamReader(stream);
        var answer = await reader.ReadToEndAsync();
        return ((HttpStatusCode)int.Parse(answer.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture), answer);
    }

    public async Task<(HttpStatusCode Status, string Text)> GetAsync(string path)
    {
        using var answer = await Client.GetAsync(new Uri(Address + path));
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Runs a real go command with nothing of the user's, and an empty module cache for each name.</summary>
    public (int ExitCode, string Output) Go(string peer, string directory, string cache, params string[] arguments) =>
        GoWith(peer, directory, cache, Gosumdb, arguments);

    /// <param name="gosumdb">Another database than the proxy's own.</param>
    public (int ExitCode, string Output) GoWith(string peer, string directory, string cache, string gosumdb, params string[] arguments)
    {
        var command = Peers.Require(peer);
        var info = new ProcessStartInfo(command, arguments) { WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true };
        info.Environment.Clear();
        foreach (var (name, value) in GoPrograms.Environment(command))
        {
            info.Environment[name] = value;
        }

        info.Environment["GOPROXY"] = Address;
        info.Environment["GOSUMDB"] = gosumdb;
        info.Environment["GOFLAGS"] = "-mod=mod -modcacherw";
        info.Environment["GOPATH"] = Directory.Combine($"gopath-{cache}");
        info.Environment["GOMODCACHE"] = Directory.Combine($"modcache-{cache}");
        using var process = Process.Start(info)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
        {
            await server.DisposeAsync();
        }

        Client.Dispose();
        Public.Dispose();
        open.ForEach(one => one.Dispose());
        key.Dispose();
        sm2.Dispose();
        publicKey.Dispose();
        Directory.Dispose();
    }

    private ISigner Own(ISigner signer)
    {
        open.Add(signer);
        return signer;
    }
}

/// <summary>Says of publishers' signatures what a test wants.</summary>
internal sealed class StandInPublishers : IModuleSignatures
{
    public const string KeyId = "publisher";

    public Func<SumdbRecord, Diagnostic?> Refusal { get; set; } = _ => null;

    public Task<string> RequireAsync(SumdbRecord record, CancellationToken cancellationToken) => Refusal(record) is { } diagnostic
        ? throw new CiComplianceException(diagnostic, record.Module.ToString(), new("no", "否"), new("sign it", "请签名"))
        : Task.FromResult(KeyId);
}
