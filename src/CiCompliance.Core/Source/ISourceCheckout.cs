namespace CiCompliance.Source;

/// <summary>The fresh place that is built in: exactly one commit's tree, and the proof afterwards that it still is.</summary>
public interface ISourceCheckout
{
    /// <summary>
    /// Writes the commit's tree straight from the objects: no filters, hooks, LFS, attributes or configuration; each file's bytes are hashed
    /// on the way. Files are 0644 or 0755, less the umask. After a failure the folder holds part of the tree: remove it.
    /// </summary>
    /// <param name="repositoryDirectory">As for <see cref="IGitRepositoryFactory.Open"/>.</param>
    /// <param name="commit">Full object id of the verified commit (<see cref="SourceRecord.Commit"/>).</param>
    /// <param name="destination">A folder that is absent or empty; it becomes the tree's root (<see cref="SourceRecord.ModuleDirectory"/> lies below).</param>
    /// <returns>What was written, for <see cref="Rehash"/>; the same entries as <c>source/tree.ls</c>.</returns>
    /// <exception cref="CiComplianceException">
    /// A submodule (CIC1020), a path or link that is unsafe (CIC1019), a full disk or a destination in use (CIC1027), or reading failed.
    /// </exception>
    Task<IReadOnlyList<GitTreeEntry>> WriteAsync(string repositoryDirectory, string commit, string destination, CancellationToken cancellationToken);

    /// <summary>
    /// Computes the blob ids again, after the build: a changed, missing or retyped file and anything extra (ignored by git or not, empty
    /// folders too) is a finding (CIC1022). So the build must write its outputs elsewhere. Empty means unchanged.
    /// </summary>
    IReadOnlyList<Finding> Rehash(string destination, IReadOnlyList<GitTreeEntry> entries, CancellationToken cancellationToken);
}
