using CiCompliance.Cryptography;
using CiCompliance.GoProxy;
using CiCompliance.GoProxy.Configuration;
using CiCompliance.GoProxy.Publishers;
using CiCompliance.GoProxy.Sources;
using CiCompliance.Keys;
using CiCompliance.Processes;
using CiCompliance.Server.GoProxy;

namespace CiCompliance.Tool.Wiring;

/// <summary>From a proxy's configuration the parts that reach out of it: git for private modules, and the places of publishers' signatures.</summary>
internal sealed class GoProxyWiring : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly List<ISignatureSource> places = [];

    /// <param name="trust">Null where nothing needs a signature.</param>
    /// <exception cref="CiComplianceException">There is no git, or no single key of a log that signatures are looked for in (CIC7120).</exception>
    public GoProxyWiring(
        string path, GoProxyConfiguration configuration, TrustStore? trust, ISignatureVerifier verifier, IProcessRunner processes,
        IReadOnlyDictionary<string, string> ambient, TimeProvider clock)
    {
        var store = trust ?? new TrustStore(TrustStore.CurrentVersion, []);
        places.AddRange(configuration.Signatures.Select(place => Open(place, store, verifier, clock)));
        Signatures = new PublisherVerifier(store, places, verifier, new OpenPgpSignatureVerifier(clock), clock);
        var repositories = configuration.Private.Count == 0 ? null : Repositories(path, processes, ambient, clock);
        Options = new(path, configuration, [.. configuration.Private.Select(modules => (modules.Prefix, (IModuleSource)new GitModuleSource(modules, repositories!)))])
        {
            Repositories = repositories,
        };
    }

    public GoProxyOptions Options { get; }

    public IModuleSignatures Signatures { get; }

    public void Dispose() => places.OfType<IDisposable>().ToList().ForEach(place => place.Dispose());

    private static ISignatureSource Open(SignaturePlace place, TrustStore trust, ISignatureVerifier verifier, TimeProvider clock) => place.Kind switch
    {
        SignaturePlaceKind.Folder => new FolderSignatures(place.Place),
        SignaturePlaceKind.Http => new HttpSignatures(place.Place, Patience, clock),
        _ => new RekorSignatures(place.Place, LogOf(place, trust), trust, verifier, Patience, clock),
    };

    private static TrustedKey LogOf(SignaturePlace place, TrustStore trust)
    {
        var host = new Uri(place.Place).Host;
        return trust.Keys.Where(key => key.Role == KeyRole.Log && key.Name.Split(" - ", 2)[0] == host).ToList() is [var only]
            ? only
            : throw new CiComplianceException(GoProxyDiagnostics.BadConfiguration, place.Place,
                new($"the trust store has no single key of the log {host}", $"信任库中没有日志 {host} 的唯一公钥"),
                new($"cicompliance trust import --role log --name {host} FILE", $"cicompliance trust import --role log --name {host} 文件"));
    }

    private static GitRepositories Repositories(string path, IProcessRunner processes, IReadOnlyDictionary<string, string> ambient, TimeProvider clock)
    {
        var searchPath = ambient.GetValueOrDefault("PATH") ?? "/usr/bin:/bin";
        var git = GitRepositories.FindGit(searchPath) ?? throw new CiComplianceException(GoProxyDiagnostics.BadConfiguration, "git",
            new("private modules come by git, and none is on PATH", "私有模块通过 git 获取,但 PATH 中没有 git"), new("Install git", "请安装 git"));
        return new(Path.Combine(path, "git"), git, searchPath, processes, clock, new GitLimits());
    }
}
