using CiCompliance.GoProxy;
using CiCompliance.GoProxy.Sources;
using CiCompliance.Go.Sumdb;

namespace CiCompliance.Server.GoProxy;

/// <summary>What <c>cicompliance serve goproxy</c> was configured with.</summary>
/// <param name="Path">The proxy's folder; its checksum database is in <c>sumdb</c>.</param>
/// <param name="Upstreams">Public module proxies in order.</param>
/// <param name="UpstreamSumdb">The public checksum database; null where the proxy has no way to it.</param>
/// <param name="PrivateSources">Where private modules are, each with its prefix.</param>
/// <param name="Language">Of messages to developers whose client names none.</param>
/// <param name="MaxCacheBytes">What the cache may hold; the files that nobody asked for longest go first.</param>
/// <param name="MaxCacheAge">How long a file stays that nobody asks for.</param>
public sealed record GoProxyOptions(
    string Path,
    ModuleRules Rules,
    IReadOnlyList<GoProxyUpstream> Upstreams,
    SumdbSetting? UpstreamSumdb,
    IReadOnlyList<(string Prefix, IModuleSource Source)> PrivateSources,
    Language Language,
    long MaxCacheBytes,
    TimeSpan MaxCacheAge)
{
    public const string SumdbFolder = "sumdb";
}

/// <param name="OnAnyError">Whether the next one is asked after any failure (<c>|</c>), and not only where it has no such module (<c>,</c>).</param>
/// <param name="RedirectHosts">Hosts that it may redirect to.</param>
public sealed record GoProxyUpstream(Uri Url, bool OnAnyError, IReadOnlyList<string> RedirectHosts);
