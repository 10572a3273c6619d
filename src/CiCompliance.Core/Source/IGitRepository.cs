namespace CiCompliance.Source;

/// <summary>One object, its id already recomputed from its bytes.</summary>
/// <param name="Type">One of <see cref="GitObjectType"/>.</param>
public sealed record GitObject(string Oid, string Type, byte[] Raw);

/// <summary>
/// A git repository opened for reading its objects. Nothing derived is believed (commit-graph, replace objects, grafts), nothing that the
/// repository configures is run, nothing is fetched. For one thread at a time. After a failure other than CIC1013 open it anew.
/// </summary>
public interface IGitRepository : IDisposable
{
    /// <summary><c>libgit2</c> or <c>cat-file</c>, for <see cref="SourceRecord.Engine"/>.</summary>
    string Engine { get; }

    GitObjectFormat Format { get; }

    /// <summary>The opened folder within the working tree, <c>sub/dir</c>; empty at its top and for a bare repository.</summary>
    string Prefix { get; }

    /// <summary>Whether history was cut off by a shallow clone.</summary>
    bool IsShallow { get; }

    /// <summary>Whether <c>refs/replace/</c> or <c>info/grafts</c> rewrite objects for git commands; here they have no effect.</summary>
    bool HasRewrites { get; }

    /// <summary>The id of the object that a revision names, tags not peeled; null where there is none or several.</summary>
    string? Resolve(string revision);

    /// <exception cref="CiComplianceException">
    /// The object is missing (CIC1013), its bytes do not have its id (CIC1014), it is larger than allowed (CIC1016), or reading failed (CIC1023).
    /// </exception>
    GitObject Read(string oid, int maxBytes);

    /// <summary>Writes a blob's content; an id that its bytes do not have is an error after the last byte.</summary>
    /// <returns>Its size in bytes.</returns>
    /// <exception cref="CiComplianceException">As <see cref="Read"/>, and not a blob (CIC1015).</exception>
    long CopyBlob(string oid, Stream destination, long maxBytes);
}

/// <summary>Opens repositories with the engine that fits.</summary>
public interface IGitRepositoryFactory
{
    /// <param name="directory">A folder of a working tree, or a bare repository.</param>
    /// <param name="cancellationToken">Ends reading for as long as the repository is open.</param>
    /// <exception cref="CiComplianceException">Not a repository (CIC1008), or no engine can read it (CIC1023, CIC1024).</exception>
    IGitRepository Open(string directory, CancellationToken cancellationToken);
}
