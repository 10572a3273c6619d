namespace CiCompliance.Tool.Inputs;

/// <summary>What the tool itself asks of a git repository: which commit a revision is, and a small file of a commit's tree.</summary>
internal interface IRevisions : IDisposable
{
    /// <summary>The project's folder within the tree, <c>sub/dir</c>; empty at its top.</summary>
    string Prefix { get; }

    /// <exception cref="CiComplianceException">Unknown, or not a commit.</exception>
    Revision Resolve(string revision);

    /// <summary>Null where there is none, or several; a commit that is named must be in the clone.</summary>
    Revision? Find(string revision);

    /// <summary>A commit that both are or descend from, or null.</summary>
    string? CommonAncestor(string one, string other);

    /// <summary>Ids of a commit's parents.</summary>
    IReadOnlyList<string> Parents(string commit);

    /// <summary>A regular file's content, or null where the tree has no such file; never a link's target.</summary>
    /// <exception cref="CiComplianceException">Larger than allowed, or reading failed.</exception>
    byte[]? ReadFile(string tree, string path, int maxBytes);
}

/// <summary>Object ids, lower-case hex.</summary>
internal sealed record Revision(string Commit, string Tree);
