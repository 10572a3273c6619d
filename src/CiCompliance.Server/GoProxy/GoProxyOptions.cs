using CiCompliance.GoProxy.Configuration;
using CiCompliance.GoProxy.Sources;
using CiCompliance.GoProxy.Storage;

namespace CiCompliance.Server.GoProxy;

/// <summary>What <c>cicompliance serve goproxy</c> was given.</summary>
/// <param name="Path">The proxy's folder.</param>
/// <param name="PrivateSources">Where private modules are, each with its prefix.</param>
public sealed record GoProxyOptions(string Path, GoProxyConfiguration Configuration, IReadOnlyList<(string Prefix, IModuleSource Source)> PrivateSources)
{
    /// <summary>Of its checksum database, within <see cref="Path"/>.</summary>
    public const string SumdbFolder = "sumdb";

    /// <summary>What the private sources keep of the repositories, within the bounds of the cache.</summary>
    public ICacheContent? Repositories { get; init; }
}
