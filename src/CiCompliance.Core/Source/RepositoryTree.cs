using CiCompliance.Evidence;

namespace CiCompliance.Source;

/// <summary>The tree that is under test on disk.</summary>
public static class RepositoryTree
{
    /// <summary>The folder, links resolved, that holds <c>.git</c> at or above the project; the project itself where there is none (a bare repository).</summary>
    public static string RootOf(string projectDirectory)
    {
        var project = LinkTrail.RealPath(projectDirectory);
        for (var at = project; at is not null; at = Path.GetDirectoryName(at))
        {
            var git = Path.Combine(at, ".git");
            if (Directory.Exists(git) || File.Exists(git))
            {
                return at;
            }
        }

        return project;
    }
}
