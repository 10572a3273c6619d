namespace CiCompliance.Evidence;

/// <summary>
/// Every place that decides where a path leads: each step and each link's own place, not only the end. Who can write any of them can say what
/// is read.
/// </summary>
public static class LinkTrail
{
    private const int MaxLinks = 40;

    /// <summary>The steps in order; the last is the path without links. What doesn't exist stays as it is.</summary>
    /// <exception cref="IOException">Links without end.</exception>
    public static IReadOnlyList<string> Of(string path)
    {
        var trail = new List<string> { "/" };
        var pending = new Stack<string>(Parts(Path.GetFullPath(path)));
        var at = "/";
        var links = 0;
        while (pending.TryPop(out var part))
        {
            if (part == "..")
            {
                at = Path.GetDirectoryName(at) ?? "/";
                continue;
            }

            var next = Path.Combine(at, part);
            trail.Add(next);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                at = next;
                continue;
            }

            if (++links > MaxLinks)
            {
                throw new IOException("links without end");
            }

            at = target.StartsWith('/') ? "/" : at;
            foreach (var piece in Parts(target))
            {
                pending.Push(piece);
            }
        }

        trail.Add(at);
        return trail;
    }

    /// <summary>The path without links.</summary>
    /// <exception cref="IOException">Links without end.</exception>
    public static string RealPath(string path) => Of(path)[^1];

    /// <summary>Whether the path is the folder or lies in it; neither has links.</summary>
    public static bool IsInside(string path, string folder) =>
        path == folder || path.StartsWith(folder.TrimEnd('/') + "/", StringComparison.Ordinal);

    private static IEnumerable<string> Parts(string path) =>
        path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".").Reverse();
}
