using System.Text;
using CiCompliance.Cryptography;
using CiCompliance.Diagnostics;
using CiCompliance.Go;
using CiCompliance.Go.Sumdb;
using CiCompliance.GoProxy;
using CiCompliance.GoProxy.Configuration;
using CiCompliance.GoProxy.Sources;
using CiCompliance.Keys;
using CiCompliance.Server.GoProxy;
using CiCompliance.Server.Hosting;
using CiCompliance.Testing;

namespace CiCompliance.Build.Tests.EndToEnd.Proxy;

/// <summary>The server of <c>serve goproxy</c> over TLS with reader tokens: all of the scenario's modules are private there, and their publisher has signed them.</summary>
internal sealed class PrivateProxy : IAsyncDisposable
{
    private const string Database = "sum.private.test";

    private readonly GeneratedKey key = KeyGenerator.Generate(KeyAlgorithm.Ed25519);
    private readonly StringWriter events = new();
    private readonly ISigner signer;
    private GoProxyServer server = null!;

    private PrivateProxy() => signer = key.OpenSigner();

    public string Address => server.Address;

    public string Gosumdb => server.VerifierKey;

    /// <summary>All that it wrote, to its folder and to standard error.</summary>
    public string Written(string folder) => events + File.ReadAllText(Path.Combine(folder, "decisions.jsonl"));

    public static async Task<PrivateProxy> StartAsync(string folder, TlsFiles? tls, string tokens)
    {
        var proxy = new PrivateProxy();
        SumdbStore.Create(Path.Combine(folder, GoProxyOptions.SumdbFolder), Database, proxy.signer, null, TimeProvider.System).Dispose();
        var configuration = new GoProxyConfiguration(
            Language.English, [], null, new ModuleRules(["modules.example"], [], [], TimeSpan.Zero), [], PrivateForEverybody: false, [], new(1L << 30, TimeSpan.FromDays(1)));
        proxy.server = await GoProxyServer.StartAsync(
            new GoProxyOptions(folder, configuration, [("modules.example", new Source())]), new ServerOptions(folder, "127.0.0.1:0", tls?.Certificate, tls?.Key, tokens),
            proxy.signer, null, new AllSigned(), new SignatureVerifier(), proxy.events, TimeProvider.System, CancellationToken.None);
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        signer.Dispose();
        key.Dispose();
        await events.DisposeAsync();
    }

    private sealed class AllSigned : IModuleSignatures
    {
        public Task<string> RequireAsync(SumdbRecord record, CancellationToken cancellationToken) => Task.FromResult("publisher");
    }

    // The folders of templates/go-service-modules, where git would be.
    private sealed class Source : IModuleSource
    {
        public string Name => "https://git.modules.example";

        public Task<IReadOnlyList<string>> ListAsync(string path, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>([]);

        public Task<ModuleInfo> ResolveAsync(string path, string query, CancellationToken cancellationToken) => Task.FromResult(new ModuleInfo(query, null));

        public Task<ModuleInfo> ResolveLatestAsync(string path, CancellationToken cancellationToken) => throw new ModuleNotFoundException(path);

        public Task<byte[]> ReadGoModAsync(ModuleVersion module, CancellationToken cancellationToken) => Task.FromResult(Encoding.UTF8.GetBytes(Files(module)["go.mod"]));

        public async Task DownloadZipAsync(ModuleVersion module, Stream destination, CancellationToken cancellationToken) =>
            await destination.WriteAsync(FixtureModuleProxy.Zip(module, Files(module)), cancellationToken);

        private static Dictionary<string, string> Files(ModuleVersion module)
        {
            var folder = Path.Combine(Scenario.Root, "templates", "go-service-modules", module.ToString());
            return Directory.Exists(folder)
                ? Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).ToDictionary(file => Path.GetRelativePath(folder, file), File.ReadAllText)
                : throw new ModuleNotFoundException(module.ToString());
        }
    }
}
