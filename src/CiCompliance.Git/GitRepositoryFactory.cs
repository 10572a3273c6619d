using CiCompliance.Source;

namespace CiCompliance.Git;

/// <summary>Which engine to use.</summary>
public enum GitEngine
{
    /// <summary>libgit2 where it opens the repository, else cat-file. Both give the same verdicts.</summary>
    Any,

    LibGit2,

    CatFile,
}

/// <param name="gitExecutable">Absolute path of git, or null: the first on PATH, folders named by an absolute path only.</param>
public sealed class GitRepositoryFactory(GitEngine engine = GitEngine.Any, string? gitExecutable = null) : IGitRepositoryFactory
{
    /// <summary>Whether <see cref="GitEngine.LibGit2"/> can be asked for.</summary>
    public static bool HasLibGit2 => LibGit2.IsAvailable;

    public IGitRepository Open(string directory, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var found = GitDirectory.Find(directory);
        IGitRepository? repository = engine == GitEngine.CatFile ? null : LibGit2Engine.TryOpen(found, cancellationToken);
        return repository is not null || engine == GitEngine.LibGit2
            ? repository ?? throw SourceFailures.NoEngine()
            : CatFileEngine.Open(gitExecutable ?? FindGit(), found, cancellationToken);
    }

    private static string FindGit() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Where(Path.IsPathFullyQualified)
            .Select(folder => Path.Combine(folder, "git")).FirstOrDefault(File.Exists) ?? throw SourceFailures.NoEngine();
}
