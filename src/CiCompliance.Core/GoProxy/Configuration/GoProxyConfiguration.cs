using CiCompliance.Go.Sumdb;
using CiCompliance.GoProxy.Sources;

namespace CiCompliance.GoProxy.Configuration;

/// <summary>The file that says what a proxy lets through and where modules come from (<c>goproxy.yml</c>). What it leaves out is the strict default.</summary>
/// <param name="Language">Of messages to developers whose client names none.</param>
/// <param name="Upstreams">Public module proxies in order; none in a network without a way out.</param>
/// <param name="Sumdb">The public checksum database; null without upstreams.</param>
/// <param name="Private">Where private modules are.</param>
/// <param name="PrivateForEverybody">Whether whoever reaches the proxy may read private modules; else a token is needed.</param>
/// <param name="Signatures">Where publishers' signatures are looked for, in order.</param>
public sealed record GoProxyConfiguration(
    Language Language,
    IReadOnlyList<Upstream> Upstreams,
    SumdbSetting? Sumdb,
    ModuleRules Rules,
    IReadOnlyList<PrivateModules> Private,
    bool PrivateForEverybody,
    IReadOnlyList<SignaturePlace> Signatures,
    CacheLimits Cache)
{
    public const int CurrentVersion = 1;
}

/// <param name="OnAnyError">Whether the next one is asked after any failure (<c>|</c>), and not only where it has no such module (<c>,</c>).</param>
/// <param name="RedirectHosts">Hosts that it may redirect to.</param>
public sealed record Upstream(Uri Url, bool OnAnyError, IReadOnlyList<string> RedirectHosts);

public enum SignaturePlaceKind
{
    Folder,
    Http,
    Rekor,
}

/// <param name="Place">A folder's absolute path, or an address.</param>
public sealed record SignaturePlace(SignaturePlaceKind Kind, string Place);

/// <param name="MaxBytes">What the cache may hold; the files that nobody asked for longest go first.</param>
/// <param name="MaxAge">How long a file stays that nobody asks for.</param>
public sealed record CacheLimits(long MaxBytes, TimeSpan MaxAge);
