namespace CiCompliance.Server.Search;

/// <summary>A log that an index follows from.</summary>
internal interface IIndexedLeaves
{
    long Size { get; }

    /// <summary>The root that the tree had at that size.</summary>
    byte[] Root(long size);

    /// <summary>What a leaf is found by.</summary>
    /// <exception cref="CiComplianceException">It is not what was logged (CIC4001).</exception>
    ulong[] KeysOf(long leaf);
}
