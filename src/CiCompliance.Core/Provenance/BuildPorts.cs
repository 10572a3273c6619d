using CiCompliance.Pipeline;
using CiCompliance.Source;

namespace CiCompliance.Provenance;

/// <summary>Writes a verified commit's objects into a folder, with no configuration, filter or hook of the repository.</summary>
public interface IBuildSource
{
    /// <param name="projectDirectory">Where the repository is.</param>
    /// <param name="destination">An empty folder; it becomes the root of the tree of <see cref="SourceRecord.Commit"/>, without a <c>.git</c>.</param>
    /// <exception cref="CiComplianceException">An object is missing or cannot be written safely.</exception>
    Task<IWrittenSource> WriteAsync(string projectDirectory, SourceRecord source, string destination, CancellationToken cancellationToken);
}

/// <summary>A tree that was written to be built.</summary>
public interface IWrittenSource
{
    /// <summary>Hashes the folder again: every changed, missing and extra file is a finding. Empty means unchanged.</summary>
    IReadOnlyList<Finding> Compare(CancellationToken cancellationToken);
}

/// <summary>The go command of a run and the environment it runs in.</summary>
public interface IGoEnvironment
{
    /// <summary>Finds the go command and makes the folders that the variables name.</summary>
    /// <exception cref="CiComplianceException">There is no usable go command.</exception>
    Task<GoEnvironment> PrepareAsync(StageContext context, CancellationToken cancellationToken);
}

/// <param name="Executable">Absolute path of the go command.</param>
/// <param name="Variables">The allow-listed environment; nothing of the caller's comes with it.</param>
/// <param name="Ambient">The caller's environment, only asked where its own build cache is.</param>
public sealed record GoEnvironment(
    string Executable,
    IReadOnlyDictionary<string, string> Variables,
    IReadOnlyDictionary<string, string> Ambient);
