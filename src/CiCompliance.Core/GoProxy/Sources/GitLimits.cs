namespace CiCompliance.GoProxy.Sources;

/// <summary>What a repository may cost.</summary>
public sealed record GitLimits
{
    /// <summary>Bytes of one bare repository on disk. One that grows past it is removed and refused; the fetch that does it is ended.</summary>
    public long MaxRepositoryBytes { get; init; } = 2L << 30;

    /// <summary>For each exchange with the forge.</summary>
    public TimeSpan NetworkTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>For each reading of what is here.</summary>
    public TimeSpan LocalTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long the branches and tags that the forge listed serve for exact versions; lists and queries always ask.</summary>
    public TimeSpan RefsLifetime { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How often the size of a repository is looked at while it is fetched.</summary>
    public TimeSpan SizeInterval { get; init; } = TimeSpan.FromSeconds(1);
}
